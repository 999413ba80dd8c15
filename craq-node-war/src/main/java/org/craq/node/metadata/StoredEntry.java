package org.craq.node.metadata;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.craq.core.file.Content;
import org.craq.core.replica.Entry;
import org.craq.core.replica.Operation;
import org.craq.node.store.ChunkLocation;

/**
 * An entry and where its contents lie on this node. Of those that retention has given up elsewhere there is nothing; of those
 * that an earlier entry has brought there need not be.
 */
public record StoredEntry(Entry entry, Map<Content, List<ChunkLocation>> chunks, Set<Content> pruned) {
    public StoredEntry {
        chunks = Map.copyOf(chunks);
        pruned = Set.copyOf(pruned);
    }

    /** True when one of the body's contents was given up elsewhere, and so the version. */
    boolean prunes(Operation.Put put) {
        return put.body().contents().stream().anyMatch(pruned::contains);
    }
}
