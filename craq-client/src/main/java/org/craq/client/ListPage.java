package org.craq.client;

import java.util.List;

/**
 * One page of a listing, by the byte order of the names.
 *
 * @param nextCursor where the next page begins; empty: this was the last
 */
public record ListPage(List<FileInfo> files, String nextCursor) {
    public ListPage {
        files = List.copyOf(files);
    }

    public boolean last() {
        return nextCursor.isEmpty();
    }
}
