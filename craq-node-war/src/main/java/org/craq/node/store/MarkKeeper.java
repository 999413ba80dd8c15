package org.craq.node.store;

import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.craq.core.chain.NodeId;

/**
 * Updates the {@link StoreMark}, at or behind what the database has committed, never ahead of it, and notices when a
 * database goes back in time under a running node. Calls must not overlap.
 */
public final class MarkKeeper {
    private final ChunkStore store;
    private final UUID history;
    private final Supplier<DatabaseView> database;
    private final Supplier<Set<NodeId>> members;
    private long seen;
    private long written = -1;

    /**
     * Creates the keeper for a store that has just been opened.
     *
     * @param history the database's history, as returned by {@link DatabaseCheck#settle}
     * @param members supplies the complete members of the node's chains, as far as they are known here
     */
    public MarkKeeper(ChunkStore store, UUID history, Supplier<DatabaseView> database, Supplier<Set<NodeId>> members) {
        this.store = store;
        this.history = history;
        this.database = database;
        this.members = members;
    }

    /**
     * Reads the database's state, and writes the mark if it has changed.
     *
     * @throws IOException when the mark can't be written now: it then stays behind
     */
    public void look() throws IOException {
        DatabaseView now = database.get();
        if (!now.history().equals(Optional.of(history)) || now.changes() < seen) {
            store.fail("the database has gone back in time: it has " + now.changes()
                    + " changes of this node's data, but had " + seen + " before. Put the right database back");
            return;
        }
        seen = now.changes();
        if (seen != written) {
            store.write(new StoreMark(history, Optional.empty(), seen, Instant.now(), members.get()));
            written = seen;
        }
    }
}
