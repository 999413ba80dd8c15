package org.craq.node.store;

import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.craq.core.chain.NodeId;

/**
 * Keeps the {@link StoreMark} behind what the database has committed, never before it, and notices a database that goes back in time
 * under a running node. Calls must not overlap.
 */
public final class MarkKeeper {
    private final ChunkStore store;
    private final UUID history;
    private final Supplier<DatabaseView> database;
    private final Supplier<Set<NodeId>> members;
    private long seen;
    private long written = -1;

    /**
     * Of a store that has just been opened.
     *
     * @param history the database's name, as {@link DatabaseCheck#settle} gave it
     * @param members the complete members of the node's chains, as far as it knows
     */
    public MarkKeeper(ChunkStore store, UUID history, Supplier<DatabaseView> database, Supplier<Set<NodeId>> members) {
        this.store = store;
        this.history = history;
        this.database = database;
        this.members = members;
    }

    /**
     * Looks into the database; writes the mark if it has changed.
     *
     * @throws IOException when the mark can't be written now: it then stays behind
     */
    public void look() throws IOException {
        DatabaseView now = database.get();
        if (!now.history().equals(Optional.of(history)) || now.changes() < seen) {
            store.fail("the database has gone back in time: it knows " + now.changes()
                    + " changes of this node's data, but has known " + seen + ". Put the right database back");
            return;
        }
        seen = now.changes();
        if (seen != written) {
            store.write(new StoreMark(history, Optional.empty(), seen, Instant.now(), members.get()));
            written = seen;
        }
    }
}
