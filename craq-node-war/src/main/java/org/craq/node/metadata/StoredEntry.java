package org.craq.node.metadata;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.craq.core.file.Content;
import org.craq.core.replica.Entry;
import org.craq.core.replica.Operation;
import org.craq.node.store.ChunkLocation;

/**
 * An entry, and where its contents lie on this node.
 *
 * @param chunks the chunks of each content; missing for pruned contents, and possibly for those that an earlier entry
 *     brought
 * @param pruned contents that retention has pruned on another member
 */
public record StoredEntry(Entry entry, Map<Content, List<ChunkLocation>> chunks, Set<Content> pruned) {
    public StoredEntry {
        chunks = Map.copyOf(chunks);
        pruned = Set.copyOf(pruned);
    }

    /** Returns true if one of the body's contents was pruned on another member, and the version with it. */
    boolean prunes(Operation.Put put) {
        return put.body().contents().stream().anyMatch(pruned::contains);
    }
}
