package org.craq.core.sim;

import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A manager's connection to its database. A statement may be lost, or take effect long after its sender has stopped
 * waiting; its answer may be lost or late too. Exactly one of the two callbacks is run.
 */
final class DatabaseLine {
    private static final long DEADLINE = 40 * VirtualTime.MILLI;
    private static final long LATEST = 900 * VirtualTime.MILLI;
    private static final long PATIENCE = 2 * LATEST;

    private final World world;
    private final Office office;

    DatabaseLine(World world, Office office) {
        this.world = world;
        this.office = office;
    }

    /** Executes a transaction. */
    <T> void call(Supplier<T> transaction, Consumer<T> answered, Runnable unknown) {
        call(transaction, answered, unknown, 40);
    }

    /** Executes a transaction for which an administrator waits as long as it takes. */
    <T> void patientChange(Supplier<T> transaction, Consumer<T> answered, Runnable unknown) {
        call(transaction, answered, unknown, 4, PATIENCE);
    }

    /** Executes a transaction that changes the chain, the kind that does the most harm when it is late. */
    <T> void change(Supplier<T> transaction, Consumer<T> answered, Runnable unknown) {
        call(transaction, answered, unknown, 4);
    }

    private <T> void call(Supplier<T> transaction, Consumer<T> answered, Runnable unknown, int lateOneIn) {
        call(transaction, answered, unknown, lateOneIn, DEADLINE);
    }

    private <T> void call(
            Supplier<T> transaction, Consumer<T> answered, Runnable unknown, int lateOneIn, long deadline) {
        Call<T> call = new Call<>(answered, unknown);
        boolean isLate = world.troubled()
                && world.settings().has(Settings.Fault.DATABASE_LATE)
                && world.chance().oneIn(lateOneIn);
        long late = isLate ? world.chance().between(0, LATEST) : 0;
        if (isLate && world.chance().oneIn(2)) {
            // The worst moment for a pause: the decision is on its way.
            office.standStill(world.chance().between(0, LATEST));
        }
        world.network().sendOnce(office.id(), World.DATABASE, () -> world.time().after(late, () -> {
            T result = transaction.get();
            world.network().sendOnce(World.DATABASE, office.id(), () -> office.run(() -> call.answer(result)));
        }));
        office.after(deadline, call::giveUp);
    }

    private static final class Call<T> {
        private final Consumer<T> answered;
        private final Runnable unknown;
        private boolean over;

        Call(Consumer<T> answered, Runnable unknown) {
            this.answered = answered;
            this.unknown = unknown;
        }

        void answer(T result) {
            if (!over) {
                over = true;
                answered.accept(result);
            }
        }

        void giveUp() {
            if (!over) {
                over = true;
                unknown.run();
            }
        }
    }
}
