package org.craq.client;

import java.util.List;

/**
 * One page of a listing, in the byte order of the names.
 *
 * @param files at most as many as the options' limit; there may be fewer, also if more pages follow
 * @param prefixes the common prefixes up to the delimiter, in the same order
 * @param nextCursor where the next page begins; empty: this is the last page
 */
public record ListPage(List<FileInfo> files, List<String> prefixes, String nextCursor) {
    public ListPage {
        files = List.copyOf(files);
        prefixes = List.copyOf(prefixes);
    }

    /** Returns true if no page follows. */
    public boolean last() {
        return nextCursor.isEmpty();
    }
}
