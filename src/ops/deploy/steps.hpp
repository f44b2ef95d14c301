// The steps that plans are made of. Each is made from what is known before; what it needs of the
// world it looks at when it runs.
#pragma once

#include "ops/deploy/operation.hpp"
#include "ops/deploy/stack.hpp"
#include "ops/deploy/step.hpp"

namespace slipway::ops {

/// Database, cache and proxy, where they do not run.
Step servicesStep();
/// Tells the proxy which colour serves, where it takes whatever there is.
Step proxyStep(const Operation& operation);
Step backupStep();
/// Migrations that the running version can do with.
Step migrateStep(const Operation& operation);
/// Takes the version away that was kept warm in that colour.
Step retireStep(const Operation& operation, Colour colour);
Step startStep(const Stack& stack, const Operation& operation);
Step validateStep(const Operation& operation);
/// What runs already must be ready before it gets requests.
Step readyStep(const Operation& operation);
/// How the running version does.
Step baselineStep(const Operation& operation);
Step switchStep(const Operation& operation);
/// Until the old version gets no more requests.
Step drainStep(const Operation& operation);
Step guardStep(const Operation& operation);

// Rolling: within the colour that serves.
/// Requests go to the old containers by their names, so that new ones of the same colour get none.
Step aimStep(const Operation& operation);
/// One container of the new version.
Step canaryStep(const Stack& stack, const Operation& operation);
/// Gives it its share of requests.
Step admitStep(const Operation& operation);
/// The other ones, one at a time.
Step replaceStep(const Operation& operation);

// Tidying.
/// The old version no longer stands by for the new one.
Step settleStep(const Operation& operation);
/// Takes the other colour away.
Step endWarmStep(const Operation& operation);
/// Migrations that had to wait for that.
Step contractStep(const Operation& operation);
/// Writes down that the schema is this version's; removes images that are too old.
Step finishStep(const Operation& operation);

}  // namespace slipway::ops
