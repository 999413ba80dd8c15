package org.craq.node.membership;

import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.craq.core.chain.Incarnation;
import org.craq.node.config.NodeConfig;
import org.craq.node.replication.Members;
import org.craq.node.replication.Peers;
import org.craq.node.threads.Threads;
import org.craq.security.Caller;
import org.craq.server.Sweeps;
import org.craq.wire.ChainWire;
import org.craq.wire.ErrorCode;
import org.craq.wire.Errors;
import org.craq.wire.RightsWire;
import org.craq.wire.v1.GetRightsRequest;
import org.craq.wire.v1.HeartbeatReply;
import org.craq.wire.v1.HeartbeatRequest;
import org.craq.wire.v1.ManagerGrpc;
import org.craq.wire.v1.RegisterNodeRequest;
import org.craq.wire.v1.ReplicaReport;
import org.craq.wire.v1.Rights;
import org.craq.wire.v1.SignRequestRequest;

/**
 * Maintains this node's registration with the manager. Registers each incarnation and then sends heartbeats, whose answers renew the
 * lease, counted from when the heartbeat was sent, and carry chain configurations. When a manager does not answer or is a standby, the
 * next one is tried at once, and after the last one the first again after a short pause, so that a lease outlives the search for a new
 * leader. When a neighbour in a chain is lost, a heartbeat is sent at once and the next ones at shorter intervals, as a new
 * configuration is expected.
 */
public final class ManagerLink implements AutoCloseable {
    private static final Logger LOG = System.getLogger(ManagerLink.class.getName());
    /** Interval of heartbeats until a manager has said which one it wants. */
    private static final long FIRST_HEARTBEAT_MILLIS = 500;
    /** No manager gets heartbeats less often. */
    private static final long LONGEST_HEARTBEAT_MILLIS = 60_000;
    /** Interval of heartbeats while a new configuration is expected; requests wait until the lost member has been removed. */
    private static final long URGENT_HEARTBEAT_MILLIS = 100;
    /** Interval of checks for a lost neighbour. */
    private static final long TICK_MILLIS = 20;

    private static final long REGISTRATION_DEADLINE_MILLIS = 1500;
    private static final long HEARTBEAT_DEADLINE_MILLIS = 1500;
    /** Deadline when there are several managers, so that a hanging leader does not cost the node its lease. */
    private static final long SHORT_DEADLINE_MILLIS = 700;
    /** Pause between rounds over several managers when none of them is the leader. */
    private static final long SEARCH_MILLIS = 100;

    private static final long FAREWELL_MILLIS = 1000;

    private final NodeConfig config;
    private final Members members;
    private final Peers peers;
    private final Threads threads;
    private final Optional<NodeRights> rights;
    private final Sweeps beats;
    private volatile Optional<Future<?>> nextSearch = Optional.empty();
    private final AtomicBoolean asking = new AtomicBoolean();
    private volatile Incarnation registered;
    private final AtomicInteger manager = new AtomicInteger();
    private long ticksSinceBeat = FIRST_HEARTBEAT_MILLIS;
    private volatile long heartbeatMillis = FIRST_HEARTBEAT_MILLIS;
    private boolean awaited;
    private volatile boolean leaving;
    private volatile String trouble = "no manager has answered yet";

    /**
     * Begins to send heartbeats.
     *
     * @param rights of users, which every lease requires; empty if security is off
     */
    public ManagerLink(NodeConfig config, Members members, Peers peers, Threads threads, Optional<NodeRights> rights) {
        this.rights = rights;
        this.config = config;
        this.members = members;
        this.peers = peers;
        this.threads = threads;
        this.beats = new Sweeps(threads.timer());
        beats.atRate(Duration.ofMillis(TICK_MILLIS), "sending heartbeats", this::tick);
    }

    /** Called by the timer; calls do not overlap. */
    private void tick() {
        boolean awaits = members.awaitChange();
        long period = awaits ? Math.min(URGENT_HEARTBEAT_MILLIS, heartbeatMillis) : heartbeatMillis;
        boolean lostNow = awaits && !awaited;
        awaited = awaits;
        ticksSinceBeat++;
        if (lostNow || ticksSinceBeat >= period / TICK_MILLIS) {
            ticksSinceBeat = 0;
            threads.control().execute(this::beat);
        }
    }

    /** Returns why the node can't reach its manager; empty when it can. */
    public String trouble() {
        return trouble;
    }

    private void beat() {
        if (leaving || members.failure().isPresent() || !asking.compareAndSet(false, true)) {
            return;
        }
        ask(config.managers().size() - 1);
    }

    /** Asks a manager. The flag {@link #asking} stays set until an answer or the last failure clears it. */
    private void ask(int othersLeft) {
        Incarnation incarnation = members.incarnation();
        StreamObserver<HeartbeatReply> replies = new Replies(incarnation, System.nanoTime(), othersLeft);
        try {
            if (incarnation.equals(registered)) {
                long limit = config.managers().size() > 1 ? SHORT_DEADLINE_MILLIS : HEARTBEAT_DEADLINE_MILLIS;
                stub(limit).heartbeat(heartbeat(incarnation, false), replies);
            } else {
                stub(REGISTRATION_DEADLINE_MILLIS).registerNode(registration(incarnation), replies);
            }
        } catch (RuntimeException e) {
            replies.onError(e);
        }
    }

    private ManagerGrpc.ManagerStub stub(long limitMillis) {
        return ManagerGrpc.newStub(peers.reconnectingToManager(address()))
                .withDeadlineAfter(limitMillis, TimeUnit.MILLISECONDS);
    }

    private String address() {
        List<String> managers = config.managers();
        return managers.get(Math.floorMod(manager.get(), managers.size()));
    }

    private RegisterNodeRequest registration(Incarnation incarnation) {
        return RegisterNodeRequest.newBuilder()
                .setNodeId(config.id().value())
                .setIncarnation(incarnation.toString())
                .setGrpcAddress(config.grpcAddress())
                .setHttpUrl(config.httpUrl())
                .addAllReplicas(reports())
                .build();
    }

    private HeartbeatRequest heartbeat(Incarnation incarnation, boolean leaving) {
        return HeartbeatRequest.newBuilder()
                .setNodeId(config.id().value())
                .setIncarnation(incarnation.toString())
                .addAllReplicas(reports())
                .setLeaving(leaving)
                .setRightsVersion(rights.map(known -> known.rights().version()).orElse(0L))
                .build();
    }

    private List<ReplicaReport> reports() {
        return members.reports().stream().map(ChainWire::toWire).toList();
    }

    private final class Replies implements StreamObserver<HeartbeatReply> {
        private final Incarnation incarnation;
        private final long sent;
        private final int othersLeft;

        Replies(Incarnation incarnation, long sent, int othersLeft) {
            this.incarnation = incarnation;
            this.sent = sent;
            this.othersLeft = othersLeft;
        }

        @Override
        public void onNext(HeartbeatReply reply) {
            if (!trouble.isEmpty()) {
                LOG.log(Level.INFO, "manager {0} answers", address());
                trouble = "";
            }
            if (reply.getHeartbeatMillis() > 0) {
                heartbeatMillis = Math.min(reply.getHeartbeatMillis(), LONGEST_HEARTBEAT_MILLIS);
            }
            if (reply.getLeaseMillis() > 0) {
                registered = incarnation;
                leased(reply.getRightsVersion(), sent + TimeUnit.MILLISECONDS.toNanos(reply.getLeaseMillis()));
            } else {
                registered = null;
            }
            reply.getChainsList().forEach(chain -> members.configured(ChainWire.toCore(chain)));
        }

        private void leased(long version, long until) {
            if (rights.isEmpty()) {
                members.leased(incarnation, until);
                return;
            }
            OptionalLong usable = rights.get().granted(version, until);
            if (usable.isPresent()) {
                members.leased(incarnation, usable.getAsLong());
            } else {
                // Asked of the same manager, which has these rights.
                stub(HEARTBEAT_DEADLINE_MILLIS)
                        .getRights(
                                GetRightsRequest.newBuilder()
                                        .setNodeId(config.id().value())
                                        .build(),
                                new FetchedRights(rights.get(), incarnation));
            }
        }

        @Override
        public void onError(Throwable failure) {
            if (Errors.classify(failure).code() == ErrorCode.FENCED) {
                // The chain continues without this incarnation; only a new one may join again.
                members.fenced(incarnation);
                asking.set(false);
                return;
            }
            String text = "manager " + address() + " does not answer: " + failure.getMessage()
                    + "; check that it is running and that craq.manager has its address";
            if (trouble.isEmpty()) {
                LOG.log(Level.WARNING, text);
            }
            trouble = text;
            manager.incrementAndGet();
            if (othersLeft > 0 && !leaving) {
                ask(othersLeft - 1);
                return;
            }
            asking.set(false);
            if (config.managers().size() > 1 && !leaving) {
                nextSearch = Optional.of(threads.timer()
                        .schedule(
                                () -> threads.control().execute(ManagerLink.this::beat),
                                SEARCH_MILLIS,
                                TimeUnit.MILLISECONDS));
            }
        }

        @Override
        public void onCompleted() {
            asking.set(false);
        }
    }

    /** Takes rights into use, and then the lease that has been waiting for them. */
    private final class FetchedRights implements StreamObserver<Rights> {
        private final NodeRights known;
        private final Incarnation incarnation;

        FetchedRights(NodeRights known, Incarnation incarnation) {
            this.known = known;
            this.incarnation = incarnation;
        }

        @Override
        public void onNext(Rights fetched) {
            try {
                known.fetched(RightsWire.toCore(fetched)).ifPresent(until -> members.leased(incarnation, until));
                // The manager answers its administrator once the nodes have the change.
                threads.control().execute(ManagerLink.this::beat);
            } catch (IllegalArgumentException e) {
                LOG.log(
                        Level.WARNING,
                        "the rights of users that manager {0} has sent are refused: {1}",
                        address(),
                        e.getMessage());
            }
        }

        @Override
        public void onError(Throwable failure) {
            // The next heartbeat asks again; until then this node uses no lease.
            LOG.log(
                    Level.WARNING,
                    "manager {0} does not send the rights of users: {1}",
                    address(),
                    failure.getMessage());
        }

        @Override
        public void onCompleted() {}
    }

    /**
     * Returns a manager's token for one request of a user whom this node has authenticated.
     *
     * @throws CraqException UNAUTHENTICATED, or why no manager answers
     */
    public String sign(Caller caller, String fingerprint) {
        SignRequestRequest request = SignRequestRequest.newBuilder()
                .setNodeId(config.id().value())
                .setUser(caller.user())
                .setKey(caller.key().orElse(""))
                .setFingerprint(fingerprint)
                .addAllGroups(caller.groups())
                .build();
        try {
            return ManagerGrpc.newBlockingStub(peers.reconnectingToManager(address()))
                    .withDeadlineAfter(HEARTBEAT_DEADLINE_MILLIS, TimeUnit.MILLISECONDS)
                    .signRequest(request)
                    .getToken();
        } catch (StatusRuntimeException e) {
            throw Errors.fromGrpc(e);
        }
    }

    /** Announces that the node stops, after it has released its lease. Waits briefly for the manager's answer. */
    public void leave() {
        leaving = true;
        CountDownLatch answered = new CountDownLatch(1);
        ManagerGrpc.newStub(peers.reconnectingToManager(address()))
                .withDeadlineAfter(FAREWELL_MILLIS, TimeUnit.MILLISECONDS)
                .heartbeat(heartbeat(members.incarnation(), true), new StreamObserver<>() {
                    @Override
                    public void onNext(HeartbeatReply reply) {}

                    @Override
                    public void onError(Throwable failure) {
                        answered.countDown();
                    }

                    @Override
                    public void onCompleted() {
                        answered.countDown();
                    }
                });
        try {
            if (!answered.await(FAREWELL_MILLIS, TimeUnit.MILLISECONDS)) {
                LOG.log(Level.INFO, "the manager did not confirm that this node leaves");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        leaving = true;
        beats.close();
        nextSearch.ifPresent(search -> search.cancel(false));
    }
}
