package org.craq.core.sim;

import java.util.Optional;
import java.util.function.Consumer;
import org.craq.core.chain.Chain;
import org.craq.core.chain.Epoch;
import org.craq.core.chain.NodeId;
import org.craq.core.chain.ReplicaReport;

/**
 * Keeps one incarnation of a node known to the managers: registers it, then sends heartbeats. If a manager does not
 * answer or refuses, the next one is tried at once.
 */
final class Heartbeats {
    private static final long PERIOD = 50 * VirtualTime.MILLI;
    private static final long DEADLINE = 70 * VirtualTime.MILLI;

    /** The answer of a manager; exactly one of these is called. */
    interface Reply {
        void answered(Optional<Chain> chain, boolean granted, long rights);

        /** This incarnation was removed from the chain and cannot return. */
        void fenced();

        /** The manager does not lead, or has not read its database yet. */
        void refused();
    }

    private final World world;
    private final SimMember member;
    private boolean registered;
    private boolean asking;
    private long attempt;
    private int manager;

    Heartbeats(World world, SimMember member) {
        this.world = world;
        this.member = member;
    }

    void start() {
        if (!asking) {
            ask(world.managers().size() - 1);
        }
        member.after(PERIOD, this::start);
    }

    private void ask(int othersLeft) {
        asking = true;
        long mine = ++attempt;
        Replies replies = new Replies(mine, member.now(), othersLeft);
        ReplicaReport report = report();
        if (registered) {
            send(office -> office.heartbeat(member.node(), member.incarnation(), report, false, replies));
        } else {
            long until = world.time().now() + DEADLINE;
            send(office -> office.register(member.node(), member.incarnation(), report, until, replies));
        }
        member.after(DEADLINE, () -> failed(mine, othersLeft));
    }

    /** Reports that this incarnation has released its lease. */
    void farewell() {
        Replies replies = new Replies(++attempt, member.now(), 0);
        ReplicaReport report = report();
        send(office -> office.heartbeat(member.node(), member.incarnation(), report, true, replies));
    }

    private ReplicaReport report() {
        ReplicaReport report = member.replica().report();
        boolean outside = world.has(Flaw.MEMORY_KEPT_WHEN_REMOVED)
                && world.database()
                        .chain()
                        .filter(chain -> chain.has(member.node(), member.incarnation()))
                        .isEmpty();
        return outside
                ? new ReplicaReport(
                        report.chain(),
                        Epoch.NONE,
                        report.lastEpoch(),
                        report.last(),
                        report.prepared(),
                        report.commit(),
                        report.settled(),
                        report.complete())
                : report;
    }

    private void send(Consumer<Office> message) {
        SimManager asked = world.managers().get(manager % world.managers().size());
        world.network().send(member.node(), asked.id(), () -> asked.receive(message));
    }

    private void failed(long asked, int othersLeft) {
        if (asked != attempt || !asking) {
            return;
        }
        asking = false;
        manager++;
        if (othersLeft > 0) {
            ask(othersLeft - 1);
        }
    }

    private final class Replies implements Reply {
        private final NodeId from =
                world.managers().get(manager % world.managers().size()).id();
        private final long mine;
        private final long sent;
        private final int othersLeft;

        Replies(long mine, long sent, int othersLeft) {
            this.mine = mine;
            this.sent = sent;
            this.othersLeft = othersLeft;
        }

        @Override
        public void answered(Optional<Chain> chain, boolean granted, long rights) {
            arrive(() -> {
                over();
                registered = granted;
                if (member.told(chain, granted, sent, rights)) {
                    fetchRights();
                }
            });
        }

        private void fetchRights() {
            SimManager manager = world.managers().stream()
                    .filter(each -> each.id().equals(from))
                    .findFirst()
                    .orElseThrow();
            world.network()
                    .send(
                            member.node(),
                            from,
                            () -> manager.receive(
                                    office -> office.rights(version -> arrive(() -> member.rightsFetched(version)))));
        }

        @Override
        public void fenced() {
            arrive(member::fenced);
        }

        @Override
        public void refused() {
            arrive(() -> failed(mine, othersLeft));
        }

        private void over() {
            if (mine == attempt) {
                asking = false;
            }
        }

        private void arrive(Runnable action) {
            world.network().send(from, member.node(), () -> member.run(action));
        }
    }
}
