package org.craq.client.internal;

import java.util.Iterator;
import java.util.NoSuchElementException;
import org.craq.client.FileInfo;
import org.craq.client.ListOptions;
import org.craq.client.ListPage;

/** Iterates over a listing and fetches each page when the previous one is used up. */
final class PagedFiles implements Iterator<FileInfo> {
    private final Reader reader;
    private final ListOptions options;
    private Iterator<FileInfo> page = java.util.Collections.emptyIterator();
    private String cursor = "";
    private boolean last;

    PagedFiles(Reader reader, ListOptions first) {
        this.reader = reader;
        this.options = first;
    }

    @Override
    public boolean hasNext() {
        while (!page.hasNext() && !last) {
            ListPage next = reader.list(options.withCursor(cursor));
            page = next.files().iterator();
            cursor = next.nextCursor();
            last = next.last();
        }
        return page.hasNext();
    }

    @Override
    public FileInfo next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return page.next();
    }
}
