package org.craq.node.replication;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.craq.core.file.ContentId;

/** Contents that are being read. Retention keeps them, so that a download gets all of its version even if it is pruned. Thread-safe. */
public final class OpenContents {
    private final Map<ContentId, Integer> readers = new ConcurrentHashMap<>();

    public void opened(ContentId content) {
        readers.merge(content, 1, Integer::sum);
    }

    /** Called once for each call of {@link #opened}. */
    public void closed(ContentId content) {
        readers.computeIfPresent(content, (id, count) -> count == 1 ? null : count - 1);
    }

    public boolean isOpen(ContentId content) {
        return readers.containsKey(content);
    }
}
