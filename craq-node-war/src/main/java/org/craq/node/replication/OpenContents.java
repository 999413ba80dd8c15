package org.craq.node.replication;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.craq.core.file.ContentId;

/** Contents that readers hold: a download that has begun gets all of its version, even if retention gives that up meanwhile. */
public final class OpenContents {
    private final Map<ContentId, Integer> readers = new ConcurrentHashMap<>();

    public void opened(ContentId content) {
        readers.merge(content, 1, Integer::sum);
    }

    /** Once for each time that it was opened. */
    public void closed(ContentId content) {
        readers.computeIfPresent(content, (id, count) -> count == 1 ? null : count - 1);
    }

    public boolean isOpen(ContentId content) {
        return readers.containsKey(content);
    }
}
