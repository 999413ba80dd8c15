package org.craq.node.rpc;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;

/** Ends streams of gRPC whose client sends or takes too little. The deadlines are ones of progress: slow is fine, next to nothing is not. */
public final class StalledStreams {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    /** While others wait for what the stream holds. */
    private static final Duration CROWDED_PATIENCE = Duration.ofSeconds(3);

    /** A stream that may wait for its client. */
    interface Watched {
        /** When the client has last sent or taken enough, or could not, by {@link System#nanoTime}. */
        long lastProgress();

        /** True while others come first, so that the client has nothing to send; it is told so. */
        boolean inLine();

        /** True when others wait for what it holds. */
        boolean othersWait(boolean forTurns);

        void giveUp(String reason);
    }

    private final Set<Watched> open = ConcurrentHashMap.newKeySet();
    private final BooleanSupplier turnsAwaited;

    /** @param turnsAwaited true while others wait for the turn of an upload */
    public StalledStreams(BooleanSupplier turnsAwaited) {
        this.turnsAwaited = turnsAwaited;
    }

    void watch(Watched stream) {
        open.add(stream);
    }

    void forget(Watched stream) {
        open.remove(stream);
    }

    /** To be called every second. */
    public void sweep() {
        long now = System.nanoTime();
        boolean awaited = turnsAwaited.getAsBoolean();
        for (Watched stream : open) {
            Duration patience = stream.othersWait(awaited) ? CROWDED_PATIENCE : PATIENCE;
            if (now - stream.lastProgress() > patience.toNanos()) {
                stream.giveUp("less than 64 KiB moved in " + patience.toSeconds() + " s");
            }
        }
    }

    /** To be called every few seconds: tells clients that wait for their turn that others come first. */
    public void tellWhoWaits() {
        open.forEach(Watched::inLine);
    }
}
