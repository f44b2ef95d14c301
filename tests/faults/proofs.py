"""How it shows, once all is over, that a fault was felt: by the services, or by the server itself. A
drill whose fault did not bite would prove nothing. Each maker returns proof(scene): true if it was."""

DATABASE_LOST = "Database lost"
REDIS_AWAY = "Redis is away: answering from the database"


def all_of(*proofs):
    return lambda scene: all(proof(scene) for proof in proofs)


def logged(message, reason="", by=all):
    """`by`: all services or any of them."""
    def proof(scene):
        return by(any(reason in line["reason"] for line in service.logs(message=message))
                  for service in scene.services)

    return proof


def requests_failed(reason):
    """Requests did, for a reason that says this."""
    def proof(scene):
        return any(reason in line["reason"] for service in scene.services
                   for line in service.logs(message="HTTP Error"))

    return proof


def postgres_said(text):
    return lambda scene: any(text in line for line in scene.postgres.output())


def redis_refused(error):
    """Redis counts its error replies by their first word, since its start; only those that there were."""
    def proof(scene):
        with scene.redis.connect() as connection:
            return f"errorstat_{error}" in connection.info("errorstats")

    return proof


def redis_counted(name):
    """A counter of INFO stats."""
    def proof(scene):
        with scene.redis.connect() as connection:
            return connection.info("stats")[name] > 0

    return proof
