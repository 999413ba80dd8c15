package org.craq.node.replication;

import io.grpc.Context;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.craq.core.chain.Chain;
import org.craq.core.chain.ChainId;
import org.craq.core.chain.NodeId;
import org.craq.core.chain.Seq;
import org.craq.core.replica.Effect;
import org.craq.core.replica.Read;
import org.craq.core.replica.ReadOutcome;
import org.craq.core.replica.Refusal;
import org.craq.core.replica.Replica;
import org.craq.core.replica.Restored;
import org.craq.core.replica.Write;
import org.craq.core.replica.WriteOutcome;
import org.craq.node.metadata.HotFiles;
import org.craq.node.metadata.HotLog;
import org.craq.node.metadata.Metadata;
import org.craq.node.metadata.ReplicaLife;
import org.craq.node.metrics.NodeMeters;
import org.craq.node.store.ChunkStore;
import org.craq.node.threads.Threads;
import org.craq.server.Sweeps;
import org.craq.wire.CraqException;
import org.craq.wire.v1.FromPredecessor;
import org.craq.wire.v1.FromSuccessor;
import org.craq.wire.v1.Hello;

/**
 * Runs one member of one chain: passes events to the protocol one at a time and performs its effects in order. Everything that touches
 * the {@link Replica} or its streams runs here, on the thread that brings an event while the driver is idle or else on a pool thread,
 * and never blocks. Other threads see the last {@link MemberView}.
 */
public final class ChainDriver implements AutoCloseable {
    private static final Logger LOG = System.getLogger(ChainDriver.class.getName());
    private static final int EVENTS_A_TURN = 64;
    /** A write that is not answered by then ends as unknown; the client may repeat it with its write id. */
    private static final long WRITE_PATIENCE_SECONDS = 60;

    private static final long READ_PATIENCE_SECONDS = 10;
    private static final long EXPIRY_SECONDS = 1;
    /** Minimum time between two warnings about a faulty neighbour. */
    private static final long FAULT_LOG_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final NodeId node;
    private final ChainId chain;
    private final Replica replica;
    private final Batcher<Consumer<Replica>> queue;
    private final DriverInbox inbox = new Inbox();
    private final Threads threads;
    private final LogLooks looks;
    private final HotLog hot;
    private final LogWriter log;
    private final PredecessorStream predecessor;
    private final SuccessorStreams successor;
    private final Neighbours neighbours;
    private final TailQueries tail;
    private final Retention retention;
    private final OpenCalls<WriteOutcome> writes = new OpenCalls<>(WRITE_PATIENCE_SECONDS, new WriteOutcome.Unknown());
    private final OpenCalls<ReadOutcome> reads =
            new OpenCalls<>(READ_PATIENCE_SECONDS, new ReadOutcome.Refused(Refusal.TAIL_SILENT));
    private final Sweeps expiry;
    private final Runnable onExpelled;
    private final Consumer<Seq> onCommitted;
    private final NodeMeters meters;
    private boolean closed;
    private long faultLogged = System.nanoTime() - FAULT_LOG_NANOS;
    private volatile boolean neighbourLost;
    private volatile String failure = "";
    private volatile MemberView view;

    /** The node's parts that all of its drivers use. */
    public record SharedParts(
            Threads threads,
            Peers peers,
            PushConnections lines,
            ChunkStore store,
            Metadata metadata,
            HotFiles hot,
            RetentionRules retention,
            OpenContents openContents,
            NodeMeters meters) {}

    public ChainDriver(ReplicaLife life, Restored restored, SharedParts surroundings, Runnable onExpelled) {
        this.node = life.node();
        this.chain = life.chain();
        this.replica = new Replica(life.node(), life.chain(), life.incarnation(), restored);
        this.threads = surroundings.threads();
        this.meters = surroundings.meters();
        Peers peers = surroundings.peers();
        ChunkStore store = surroundings.store();
        Metadata metadata = surroundings.metadata();
        this.onExpelled = onExpelled;
        this.queue = new Batcher<>(threads.control(), EVENTS_A_TURN, this::turn);
        this.neighbours = new Neighbours(
                life, peers, surroundings.lines(), store, threads.data(), surroundings.meters(), this::view);
        this.successor = new SuccessorStreams(inbox, neighbours);
        this.looks = new LogLooks(life, metadata, threads.control(), inbox, successor::ready);
        this.hot = surroundings.hot().log(restored.last());
        this.log = new LogWriter(
                life,
                store,
                metadata,
                hot,
                surroundings.hot().chunks(),
                new ContentSource(store, peers, neighbours::predecessor, surroundings.meters()),
                threads.data(),
                threads.control(),
                new LogListener(),
                surroundings.meters());
        this.predecessor = new PredecessorStream(inbox, neighbours, peers, log, surroundings.lines()::ownAddress);
        this.tail = new TailQueries(inbox, peers, surroundings.meters());
        this.retention = new Retention(
                life,
                surroundings.retention(),
                surroundings.openContents(),
                restored.commit(),
                threads,
                new Forgetting());
        CleanMarker marker = new CleanMarker(life, metadata, threads);
        this.onCommitted = mark -> {
            marker.committed(mark);
            retention.committed(mark);
        };
        this.expiry = new Sweeps(threads.timer());
        expiry.every(
                Duration.ofSeconds(EXPIRY_SECONDS),
                "ending writes and reads that were not answered in time",
                Runnable::run,
                () -> inbox.perform(this::expire));
        this.view = look();
    }

    /** True from the loss of a neighbour until one is found again or the chain has changed. */
    public boolean awaitsChange() {
        return neighbourLost;
    }

    private void expire() {
        writes.expire();
        reads.expire();
    }

    // ---- the one thread at a time ----

    private void turn(List<Consumer<Replica>> events) {
        // Calls that begin here must not be cancelled together with the gRPC call that brought the event.
        Context former = Context.ROOT.attach();
        try {
            takeIn(events);
        } finally {
            Context.ROOT.detach(former);
        }
        view = look();
    }

    private void takeIn(List<Consumer<Replica>> events) {
        for (Consumer<Replica> event : events) {
            if (closed || !failure.isEmpty()) {
                afterTheEnd(event);
                continue;
            }
            try {
                event.accept(replica);
                List<Effect> effects = replica.drain();
                while (!effects.isEmpty()) {
                    effects.forEach(this::perform);
                    effects = replica.drain();
                }
            } catch (RuntimeException e) {
                LOG.log(Level.ERROR, "chain " + chain + ": this member stops, as its protocol failed", e);
                fail("the protocol failed: " + e.getMessage());
            }
        }
    }

    /** Still runs steps, so that their callers get an answer, but no longer performs the protocol's effects. */
    private void afterTheEnd(Consumer<Replica> event) {
        try {
            event.accept(replica);
        } catch (RuntimeException e) {
            LOG.log(Level.DEBUG, "an event arrived after the member had stopped", e);
        }
        refuseAll();
    }

    private MemberView look() {
        return new MemberView(
                replica.chain(),
                replica.report(),
                replica.durable(),
                replica.forgotten(),
                replica.servesUntil(),
                failure);
    }

    public MemberView view() {
        return view;
    }

    /** Returns the members to which this one pushes contents and from which it fetches them. */
    public Neighbours neighbours() {
        return neighbours;
    }

    /** Returns the cache of this member's log. */
    public HotLog hot() {
        return hot;
    }

    private void fail(String reason) {
        failure = reason;
        replica.leaseGivenUp();
        view = look();
        log.stop();
        predecessor.reset();
        successor.closeAll();
        refuseAll();
    }

    private void refuseAll() {
        writes.completeAll(new WriteOutcome.Unknown());
        reads.completeAll(new ReadOutcome.Refused(Refusal.NOT_SERVING));
    }

    /** The view of this driver that its parts have. */
    private final class Inbox implements DriverInbox {
        @Override
        public void post(Consumer<Replica> event) {
            queue.handOver(event);
        }

        @Override
        public void perform(Runnable step) {
            queue.add(ignored -> step.run());
        }

        @Override
        public void perform(Runnable step, long pauseMillis) {
            Future<?> later = threads.timer().schedule(() -> perform(step), pauseMillis, TimeUnit.MILLISECONDS);
            if (later.isCancelled()) {
                LOG.log(Level.DEBUG, "chain {0}: its timer has ended", chain);
            }
        }

        /** Logs only from time to time, as this may happen each time the stream is reopened. */
        @Override
        public void neighbourAtFault(String reason) {
            meters.neighbourAtFault();
            long now = System.nanoTime();
            boolean quiet = now - faultLogged < FAULT_LOG_NANOS;
            LOG.log(quiet ? Level.DEBUG : Level.WARNING, "chain {0}: {1}", chain, reason);
            if (!quiet) {
                faultLogged = now;
            }
        }

        @Override
        public void neighbourLost() {
            neighbourLost = true;
        }

        @Override
        public void neighbourFound() {
            neighbourLost = false;
        }
    }

    private final class LogListener implements LogWriter.Listener {
        @Override
        public void persisted(long generation, Seq upTo) {
            inbox.post(member -> member.persisted(generation, upTo));
        }

        @Override
        public void failed(String reason) {
            inbox.perform(() -> fail(reason));
        }
    }

    private final class Forgetting implements Retention.Listener {
        @Override
        public void settled(Seq upTo) {
            inbox.post(member -> member.settled(upTo));
        }

        @Override
        public void forgotten(Seq upTo) {
            inbox.post(member -> member.forgotten(upTo));
        }
    }

    // ---- effects ----

    private void perform(Effect effect) {
        if (effect instanceof Effect.Persist persist) {
            log.persist(persist.generation(), persist.entry());
        } else if (effect instanceof Effect.SendEntry send) {
            successor.entry(send.stream(), send.entry());
        } else if (effect instanceof Effect.SendPrepared send) {
            successor.prepared(send.stream(), send.mark());
        } else if (effect instanceof Effect.SendCommit send) {
            predecessor.sendCommit(send.stream(), send.mark());
        } else if (effect instanceof Effect.Committed committed) {
            onCommitted.accept(committed.mark());
        } else if (effect instanceof Effect.LookUp lookUp) {
            looks.lookUp(lookUp);
        } else if (effect instanceof Effect.AnswerWrite answer) {
            writes.complete(answer.token(), answer.outcome());
        } else if (effect instanceof Effect.AnswerRead answer) {
            reads.complete(answer.token(), answer.outcome());
        } else if (effect instanceof Effect.AskTail ask) {
            // Reads that do not wait for the tail have been answered by now.
            tail.ask(ask, neighbours.envelope(ask.epoch(), ask.tail()), reads.size());
        } else if (effect instanceof Effect.LoadLog load) {
            looks.load(load);
        } else if (effect instanceof Effect.Truncate truncate) {
            LOG.log(
                    Level.INFO,
                    "chain {0}: entries above {1} are dropped, as the chain continued without them",
                    chain,
                    truncate.keep());
            log.truncate(truncate.keep());
        } else if (effect instanceof Effect.Rebase rebase) {
            LOG.log(
                    Level.INFO,
                    "chain {0}: the log restarts after {1}, as other members have forgotten the entries up to there",
                    chain,
                    rebase.base().forgotten());
            log.rebase(rebase.base());
        } else if (effect instanceof Effect.Forget forget) {
            retention.forget(forget.upTo());
        } else if (effect instanceof Effect.ConnectPredecessor connect) {
            predecessor.connect(connect, neighbours.envelope(connect.epoch(), connect.predecessor()));
        } else if (effect instanceof Effect.NeighbourAtFault fault) {
            inbox.neighbourAtFault(fault.reason());
        } else if (effect instanceof Effect.WelcomeSuccessor welcome) {
            successor.welcome(welcome);
        } else if (effect instanceof Effect.RefuseSuccessor refuse) {
            successor.refuse(refuse.stream());
        } else if (effect instanceof Effect.CloseStreams) {
            neighbourLost = false;
            predecessor.reset();
            successor.closeAll();
        } else if (effect instanceof Effect.Expelled) {
            LOG.log(Level.WARNING, "chain {0} continues without this incarnation of {1}", chain, node);
            onExpelled.run();
        } else {
            throw new IllegalStateException("unknown effect " + effect);
        }
    }

    // ---- requests ----

    /** Requests a place in the log for a write. The result completes when the write is clean or has failed. */
    public CompletableFuture<WriteOutcome> write(Write write) {
        CompletableFuture<WriteOutcome> outcome = new CompletableFuture<>();
        // The lookup for a write of any age shows whether the database answers; if it does not, the write certainly
        // fails rather than ending as unknown.
        Write wanted = log.standsStill() ? write.ofAnyAge() : write;
        inbox.post(member -> member.submit(writes.open(outcome), wanted, System.nanoTime()));
        return outcome;
    }

    /** Determines the mark at which a read must be answered; its times are those of {@link System#nanoTime}. */
    public CompletableFuture<ReadOutcome> read(Read read) {
        CompletableFuture<ReadOutcome> outcome = new CompletableFuture<>();
        inbox.post(member -> member.read(reads.open(outcome), read, System.nanoTime()));
        return outcome;
    }

    /** Answers another member's query for the commit mark; with empty when this member must not answer it. */
    void versionQuery(Origin from, Consumer<Optional<Seq>> answer) {
        inbox.post(member ->
                answer.accept(member.versionQuery(from.node(), from.incarnation(), from.epoch(), System.nanoTime())));
    }

    /**
     * Accepts a successor's stream.
     *
     * @throws CraqException INVALID_ARGUMENT when the hello is malformed
     */
    StreamObserver<FromSuccessor> successorOpened(
            Origin from, Hello hello, ServerCallStreamObserver<FromPredecessor> call) {
        return successor.accept(from, hello, call);
    }

    // ---- membership ----

    public void configured(Chain configuration) {
        // This may close the driver, so it never runs on the caller's thread.
        inbox.perform(() -> replica.configured(configuration));
    }

    /** Called when the lease has been renewed until the given time, by {@link System#nanoTime}. */
    public void leased(long untilNanos) {
        inbox.perform(() -> replica.leased(untilNanos));
    }

    /** Releases the lease. The result completes when no more requests are answered under it. */
    public CompletableFuture<Void> leave() {
        CompletableFuture<Void> left = new CompletableFuture<>();
        inbox.perform(() -> {
            replica.leaseGivenUp();
            view = look();
            left.complete(null);
        });
        return left;
    }

    @Override
    public void close() {
        expiry.close();
        retention.close();
        log.stop();
        hot.close();
        inbox.perform(() -> {
            closed = true;
            predecessor.reset();
            successor.closeAll();
            refuseAll();
        });
    }
}
