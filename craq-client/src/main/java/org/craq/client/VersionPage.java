package org.craq.client;

import java.util.List;

/**
 * One page of a file's versions, newest first.
 *
 * @param nextCursor where the next page begins; empty: this was the last
 */
public record VersionPage(List<VersionInfo> versions, String nextCursor) {
    public VersionPage {
        versions = List.copyOf(versions);
    }

    public boolean last() {
        return nextCursor.isEmpty();
    }
}
