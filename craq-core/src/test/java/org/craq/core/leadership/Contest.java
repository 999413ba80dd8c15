package org.craq.core.leadership;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.craq.core.leadership.Election.Attempt;

/**
 * Managers that compete for one row on virtual time. Depending on a seed, everything that can go wrong does: clocks run
 * fast and slow, managers pause between any two steps, answers of the database are late or lost, and a statement may
 * take effect long after its sender has stopped waiting.
 */
final class Contest {
    static final LeaseTimes TIMES = LeaseTimes.of(Duration.ofMillis(1200));
    private static final long TICK = Duration.ofMillis(10).toNanos();

    private final Random random;
    private final List<Manager> managers = new ArrayList<>();
    private LeaseRecord row = new LeaseRecord(new UUID(0, 0), Optional.empty(), 0, true, Duration.ZERO, Instant.EPOCH);
    private long time;
    private boolean calm;
    private int terms;

    Contest(long seed, int count) {
        random = new Random(seed);
        for (int i = 0; i < count; i++) {
            managers.add(new Manager(i));
        }
    }

    /** Disables all faults from now on. */
    void calmDown() {
        calm = true;
    }

    /** Advances time by one step, after which at most one manager may consider itself the leader. */
    void tick() {
        time += TICK;
        managers.forEach(Manager::step);
        List<Manager> leaders = leaders();
        if (leaders.size() > 1) {
            throw new AssertionError("two managers lead at " + Duration.ofNanos(time) + ": " + leaders);
        }
    }

    List<Manager> leaders() {
        return managers.stream().filter(Manager::leads).toList();
    }

    /** Returns how often the row was claimed. */
    int terms() {
        return terms;
    }

    /** A statement on its way to the database. */
    private final class Statement {
        private final Optional<Attempt> attempt;
        private final long began;
        private final long lands;
        private final long answered;
        private boolean landed;
        private boolean applied;
        private LeaseRecord read;

        Statement(Optional<Attempt> attempt, long began) {
            this.attempt = attempt;
            this.began = began;
            lands = time + delay();
            // Otherwise the sender stops waiting, and the statement may take effect at any later time.
            answered = calm || random.nextInt(10) > 0 ? lands + delay() : time + delay();
        }

        void land() {
            if (landed || time < lands) {
                return;
            }
            landed = true;
            read = row;
            applied =
                    attempt.filter(each -> each.expected().beat() == row.beat()).isPresent();
            if (applied) {
                LeaseRecord next = attempt.get().next();
                terms += next.term().equals(row.term()) ? 0 : 1;
                row = next;
            }
        }

        private long delay() {
            int most = calm || random.nextInt(20) > 0 ? 3 : 200;
            return random.nextInt(most) * TICK;
        }
    }

    final class Manager {
        private final int number;
        private final double rate = 1 + (random.nextDouble() - 0.5) / 10;
        private final long offset = random.nextLong() >> 8;
        private final Election election;
        private final List<Statement> underWay = new ArrayList<>();
        private Optional<Statement> awaited = Optional.empty();
        private long standsStillUntil;
        private long roundAt;

        Manager(int number) {
            this.number = number;
            election = new Election(new ManagerIdentity("m" + number, "m:9005", "http://m"), TIMES);
        }

        boolean leads() {
            return election.leads(clock());
        }

        private long clock() {
            return offset + (long) (time * rate);
        }

        void step() {
            underWay.forEach(Statement::land);
            underWay.removeIf(each -> each.landed);
            if (time < standsStillUntil) {
                return;
            }
            if (!calm && random.nextInt(400) == 0) {
                standsStillUntil = time + random.nextInt(400) * TICK;
            } else if (awaited.isPresent()) {
                if (time >= awaited.get().answered) {
                    answer(awaited.get());
                }
            } else if (time >= roundAt) {
                begin();
            }
        }

        private void begin() {
            if (election.mustLook()) {
                send(Optional.empty());
            } else {
                tryNext();
            }
        }

        private void tryNext() {
            election.next(clock(), new UUID(1, random.nextLong()), Instant.EPOCH)
                    .ifPresentOrElse(attempt -> send(Optional.of(attempt)), this::rest);
        }

        private void send(Optional<Attempt> attempt) {
            Statement statement = new Statement(attempt, clock());
            underWay.add(statement);
            awaited = Optional.of(statement);
        }

        private void answer(Statement statement) {
            awaited = Optional.empty();
            if (!statement.landed) {
                election.failed();
                rest();
            } else if (statement.attempt.isEmpty()) {
                election.looked(statement.read, clock());
                tryNext();
            } else if (statement.applied) {
                election.succeeded(statement.attempt.get(), statement.began);
                rest();
            } else {
                election.refused();
                rest();
            }
        }

        private void rest() {
            roundAt = time + 10 * TICK;
        }

        @Override
        public String toString() {
            return "m" + number;
        }
    }
}
