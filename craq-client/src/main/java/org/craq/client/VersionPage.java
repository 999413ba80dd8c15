package org.craq.client;

import java.util.List;

/**
 * One page of a file's versions, newest first.
 *
 * @param versions at most as many as the options' limit; there may be fewer, also if more pages follow
 * @param nextCursor where the next page begins; empty: this is the last page
 */
public record VersionPage(List<VersionInfo> versions, String nextCursor) {
    public VersionPage {
        versions = List.copyOf(versions);
    }

    /** Returns true if no page follows. */
    public boolean last() {
        return nextCursor.isEmpty();
    }
}
