package org.craq.node.rpc;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;

/**
 * Ends gRPC streams whose client sends or accepts too little. The limits apply to progress, not to the total time: a slow client may
 * continue, a stalled one may not. Thread-safe.
 */
public final class StalledStreams {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    /** The patience while others wait for the permit that the stream holds. */
    private static final Duration CROWDED_PATIENCE = Duration.ofSeconds(3);

    /** A stream that may wait for its client. */
    interface Watched {
        /**
         * Returns when the client last made enough progress, by {@link System#nanoTime}. Time during which the node does not wait for the
         * client counts as progress.
         */
        long lastProgress();

        /** Returns true while the stream waits for its permit and the client must not send yet; also notifies the client of this. */
        boolean inLine();

        /**
         * Returns true if others wait for what this stream holds.
         *
         * @param forPermits whether other uploads are waiting for a permit
         */
        boolean othersWait(boolean forPermits);

        /** Ends the stream because the client is too slow. */
        void giveUp(String reason);
    }

    private final Set<Watched> open = ConcurrentHashMap.newKeySet();
    private final BooleanSupplier permitsAwaited;

    /** @param permitsAwaited returns true while uploads are waiting for a permit */
    public StalledStreams(BooleanSupplier permitsAwaited) {
        this.permitsAwaited = permitsAwaited;
    }

    void watch(Watched stream) {
        open.add(stream);
    }

    void forget(Watched stream) {
        open.remove(stream);
    }

    /** Ends the streams that have stalled. Call this every second. */
    public void sweep() {
        long now = System.nanoTime();
        boolean awaited = permitsAwaited.getAsBoolean();
        for (Watched stream : open) {
            Duration patience = stream.othersWait(awaited) ? CROWDED_PATIENCE : PATIENCE;
            if (now - stream.lastProgress() > patience.toNanos()) {
                stream.giveUp("less than 64 KiB moved in " + patience.toSeconds() + " s");
            }
        }
    }

    /** Notifies the clients whose uploads are still waiting for a permit. Call this every few seconds. */
    public void tellWhoWaits() {
        open.forEach(Watched::inLine);
    }
}
