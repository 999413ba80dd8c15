package org.craq.wire;

import io.grpc.Context;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/**
 * Limits the resources that users' calls may hold: how many calls are open, and how long an incomplete message may take
 * to arrive, since the transport buffers it outside the heap. Calls between nodes are never refused because of users'
 * calls. Thread-safe.
 */
final class CallWatch extends ServerStreamTracer.Factory implements ServerInterceptor {
    /** Maximum number of open calls of users. */
    static final int MOST_USERS_CALLS = 4096;

    /** An incomplete message must receive this many bytes within the time limit. */
    static final int UNIT_BYTES = 64 << 10;

    static final Duration USERS_PATIENCE = Duration.ofSeconds(10);
    /** Longer than for users: a link between nodes may be shared by many streams, and a node may stall for a while. */
    private static final Duration NODES_PATIENCE = Duration.ofSeconds(60);

    private static final Context.Key<Tracer> TRACER = Context.key("org.craq.call");

    private final Predicate<String> ofNodes;
    private final Connections connections;
    private final int mostUsersCalls;
    private final Duration usersPatience;
    private final Set<Tracer> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger usersCalls = new AtomicInteger();

    /**
     * Creates a watch.
     *
     * @param ofNodes returns true for the full name of a method that nodes call
     */
    CallWatch(Predicate<String> ofNodes, Connections connections, int mostUsersCalls, Duration usersPatience) {
        this.usersPatience = usersPatience;
        this.ofNodes = ofNodes;
        this.connections = connections;
        this.mostUsersCalls = mostUsersCalls;
    }

    @Override
    public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
        boolean nodes = ofNodes.test(method);
        Tracer tracer = new Tracer(nodes, !nodes && usersCalls.incrementAndGet() > mostUsersCalls);
        open.add(tracer);
        return tracer;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        Tracer tracer = TRACER.get();
        if (tracer == null) {
            return next.startCall(call, headers);
        }
        Optional.ofNullable(call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR))
                .ifPresent(peer -> tracer.onMove = connections.used(peer, tracer.ofNodes));
        if (tracer.tooMany) {
            call.close(
                    failed(
                            ErrorCode.OVERLOADED,
                            "more than " + mostUsersCalls + " calls are open at this server, its maximum"),
                    new Metadata());
            return new ServerCall.Listener<>() {};
        }
        Once<Q, A> once = new Once<>(call);
        tracer.call = once;
        return next.startCall(once, headers);
    }

    private static Status failed(ErrorCode code, String message) {
        return Status.fromCode(code.grpc()).withCause(new CraqException(code, message));
    }

    /** Ends calls whose message has begun but does not arrive in time; to be called every second. */
    void sweep() {
        long now = System.nanoTime();
        open.forEach(tracer -> tracer.check(now));
    }

    /** The events of one call, reported by the transport in its own threads. */
    private final class Tracer extends ServerStreamTracer implements Progress {
        private final boolean ofNodes;
        private final boolean tooMany;
        /** Null until the call is known, like {@link #call}. */
        private volatile Context.CancellableContext context;

        private volatile Once<?, ?> call;

        private volatile Runnable onMove = () -> {};
        private volatile boolean coming;
        private volatile long since;
        private int moved;

        Tracer(boolean ofNodes, boolean tooMany) {
            this.ofNodes = ofNodes;
            this.tooMany = tooMany;
        }

        @Override
        public Context filterContext(Context root) {
            // gRPC derives the context of the call from this one, so it ends with it.
            context = root.withCancellation();
            return context.withValues(TRACER, this, Progress.KEY, this);
        }

        @Override
        public void inboundMessage(int number) {
            moved = 0;
            since = System.nanoTime();
            coming = true;
        }

        @Override
        public void inboundWireSize(long bytes) {
            moved += (int) bytes;
            if (moved >= UNIT_BYTES) {
                moved = 0;
                since = System.nanoTime();
            }
        }

        @Override
        public void inboundMessageRead(int number, long wireSize, long size) {
            coming = false;
            onMove.run();
        }

        @Override
        public void outboundMessageSent(int number, long wireSize, long size) {
            onMove.run();
        }

        @Override
        public void streamClosed(Status status) {
            if (open.remove(this) && !ofNodes) {
                usersCalls.decrementAndGet();
            }
        }

        @Override
        public OptionalLong within() {
            return coming ? OptionalLong.of(since) : OptionalLong.empty();
        }

        /**
         * Cancels the call with DEADLINE_EXCEEDED, which gRPC cuts at once; with any other status it waits until the
         * client has received what was sent before.
         */
        @Override
        public void cut(String reason) {
            Context.CancellableContext known = context;
            if (known != null) {
                known.cancel(Status.DEADLINE_EXCEEDED.withDescription(reason).asRuntimeException());
            }
        }

        private void check(long now) {
            Duration patience = ofNodes ? NODES_PATIENCE : usersPatience;
            Once<?, ?> known = call;
            if (coming && known != null && now - since > patience.toNanos()) {
                coming = false;
                known.close(
                        failed(
                                ErrorCode.UPLOAD_ABANDONED,
                                "a message began but did not arrive in time: each " + UNIT_BYTES + " bytes may take "
                                        + patience.toSeconds() + " s"),
                        new Metadata());
            }
        }
    }

    /** A call that either its service or the watch may end: the first end counts, and nothing is sent after it. */
    private static final class Once<Q, A> extends SimpleForwardingServerCall<Q, A> {
        private final AtomicBoolean closed = new AtomicBoolean();

        Once(ServerCall<Q, A> call) {
            super(call);
        }

        @Override
        public void sendHeaders(Metadata headers) {
            if (!closed.get()) {
                super.sendHeaders(headers);
            }
        }

        @Override
        public void sendMessage(A message) {
            if (!closed.get()) {
                super.sendMessage(message);
            }
        }

        @Override
        public void close(Status status, Metadata trailers) {
            if (closed.compareAndSet(false, true)) {
                super.close(status, trailers);
            }
        }
    }
}
