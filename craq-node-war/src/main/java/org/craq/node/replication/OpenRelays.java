package org.craq.node.replication;

import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** The contents that pass through this node at the moment. Watches their progress: a successor that is stuck is bypassed. Thread-safe. */
public final class OpenRelays {
    private static final long SUCCESSOR_PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(15);

    private final Set<ContentRelay> open = ConcurrentHashMap.newKeySet();

    public void opened(ContentRelay relay) {
        open.add(relay);
    }

    public void closed(ContentRelay relay) {
        open.remove(relay);
    }

    public int size() {
        return open.size();
    }

    /** Bypasses successors that are stuck; to be called every few seconds. */
    public void sweep() {
        long now = System.nanoTime();
        for (ContentRelay relay : open) {
            OptionalLong since = relay.waitingSince();
            if (since.isPresent() && now - since.getAsLong() > SUCCESSOR_PATIENCE_NANOS) {
                relay.skipSuccessor();
            }
        }
    }
}
