package org.craq.node.replication;

import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** Content on its way through this node, watched for progress: a successor that is stuck is passed over. */
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

    /** To be called every few seconds. */
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
