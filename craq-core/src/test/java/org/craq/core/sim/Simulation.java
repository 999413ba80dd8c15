package org.craq.core.sim;

import java.util.function.UnaryOperator;

/** Runs one seed; a failure reports the seed and the last events. */
final class Simulation {
    private final long seed;
    private final Settings settings;

    Simulation(long seed, UnaryOperator<Settings> change) {
        this.seed = seed;
        this.settings = change.apply(Settings.drawn(new Chance(~seed)));
    }

    Settings settings() {
        return settings;
    }

    History run() {
        World world = new World(seed, settings);
        try {
            return world.run();
        } catch (BeyondPromise e) {
            world.history().happened(e.getClass().getSimpleName());
            return world.history();
        } catch (Violation | RuntimeException e) {
            throw new Violation(
                    "seed " + seed + " (replay it with -Dcraq.sim.seed=" + seed + "): " + e.getMessage() + "\n"
                            + settings + "\nThe last events:\n" + world.trace(),
                    e);
        }
    }
}
