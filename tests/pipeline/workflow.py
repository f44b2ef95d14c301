"""Plays jobs of a workflow: their own `run` steps, in order, in a clean clone with a clean environment.
Steps that use actions are left out (what they set up is there already, or replaced by the test's own)."""

import dataclasses
import os
import subprocess

import yaml
from expressions import evaluate, fill_in

LIMIT_SECONDS = 900


@dataclasses.dataclass
class Step:
    job: str
    name: str
    command: str
    outcome: str  # success, failure, skipped
    output: str


class Workflow:
    def __init__(self, directory, context, default, forced, instead):
        """`context`: of github, vars and secrets. `default` and `forced`: of every command's environment,
        below and above what the workflow says. `instead`: what takes a command's place; None: nothing."""
        document = yaml.safe_load((directory / ".github/workflows/docker-deploy.yml").read_text())
        self.jobs, self.environment = document["jobs"], document.get("env", {})
        self.directory, self.context = directory, context
        self.default, self.forced, self.instead = default, forced, instead
        self.results, self.outputs, self.steps = {}, {}, []

    def play(self, *names):
        """Those jobs, as GitHub would after a push: each only if those that it needs have succeeded."""
        for name in names:
            self.results[name] = self._play_job(name, self.jobs[name])
        return self.results

    def of(self, job):
        return [step for step in self.steps if step.job == job]

    def told(self):
        return "\n".join(f"{step.job}: {step.name}: {step.outcome}\n{step.output[-3000:]}" for step in self.steps)

    def _play_job(self, name, job):
        needed = [job["needs"]] if isinstance(job.get("needs"), str) else job.get("needs", [])
        context = {**self.context, "steps": {}, "matrix": self._first_of_matrix(job),
                   "needs": {need: {"result": self.results.get(need, ""), "outputs": self.outputs.get(need, {})}
                             for need in needed}}
        if not all(self.results.get(need) == "success" for need in needed):
            return "skipped"
        if "if" in job and not evaluate(job["if"], context):
            return "skipped"
        failed = False
        for step in job["steps"]:
            if "run" not in step:
                continue
            outcome = self._play_step(name, job, step, context, failed)
            failed = failed or outcome == "failure"
        self.outputs[name] = {key: fill_in(value, context) for key, value in job.get("outputs", {}).items()}
        return "failure" if failed else "success"

    @staticmethod
    def _first_of_matrix(job):
        matrix = job.get("strategy", {}).get("matrix", {})
        return {name: values[0] for name, values in matrix.items() if name != "include"}

    def _play_step(self, name, job, step, context, failed):
        condition = str(step.get("if", "success()"))
        if not any(function in condition for function in ("success()", "failure()", "always()")):
            condition = f"success() && ({condition})"
        wanted = evaluate(condition, context, success=lambda: not failed, failure=lambda: failed, always=lambda: True)
        command = self.instead.get(step["run"], step["run"])
        if not wanted or command is None:
            outcome, output, results = "skipped", "", {}
        else:
            variables = {**self.environment, **job.get("env", {}), **step.get("env", {})}
            outcome, output, results = self._run(command, variables, context)
        if "id" in step:
            context["steps"][step["id"]] = {"outcome": outcome, "outputs": results}
        self.steps.append(Step(name, step.get("name", step["run"]), command or "", outcome, output))
        return outcome

    def _run(self, command, variables, context):
        files = {name: self.directory.parent / name.lower() for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
        for file in files.values():
            file.write_text("")
        github = {f"GITHUB_{name.upper()}": value for name, value in context["github"].items() if isinstance(value, str)}
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.directory.parent), "LC_ALL": "C.UTF-8",
                       "CI": "true", **github, **self.default,
                       **{name: fill_in(value, context) for name, value in variables.items()},
                       **{name: str(file) for name, file in files.items()}}
        environment.update(self.forced)
        done = subprocess.run(["bash", "-e", "-o", "pipefail", "-c", command], cwd=self.directory, env=environment,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              timeout=LIMIT_SECONDS, check=False)
        results = dict(line.split("=", 1) for line in files["GITHUB_OUTPUT"].read_text().splitlines())
        output = done.stdout + files["GITHUB_STEP_SUMMARY"].read_text()
        return ("success" if done.returncode == 0 else "failure"), output, results
