package org.craq.client;

import java.util.List;

/**
 * One page of a listing, by the byte order of the names.
 *
 * @param prefixes what names have in common that go on behind the delimiter; in the same order
 * @param nextCursor where the next page begins; empty: this was the last
 */
public record ListPage(List<FileInfo> files, List<String> prefixes, String nextCursor) {
    public ListPage {
        files = List.copyOf(files);
        prefixes = List.copyOf(prefixes);
    }

    public boolean last() {
        return nextCursor.isEmpty();
    }
}
