package org.craq.node.metadata;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.List;
import org.craq.core.file.Content;
import org.craq.core.file.ContentId;
import org.craq.node.store.ChunkLocation;

/**
 * Remembers, page by page, where the chunks of the most used contents lie. A location may be stale: then nothing is
 * there any more, or still the same bytes, since a location is never reused. A reader that finds a stale one reports it
 * with {@link #moved} and looks it up again. Bounded in bytes. Thread-safe.
 */
public final class HotChunks {
    /** Number of chunks whose locations are looked up together. */
    public static final int PAGE = 64;

    private static final int BYTES_OF_PAGE = 200;
    private static final int BYTES_OF_CHUNK = 120;

    private final Cache<Key, List<ChunkLocation>> pages;

    private record Key(ContentId content, int page) {}

    HotChunks(long bytes) {
        pages = Caffeine.newBuilder()
                .executor(Runnable::run)
                .maximumWeight(bytes)
                .weigher((Key key, List<ChunkLocation> page) -> BYTES_OF_PAGE + page.size() * BYTES_OF_CHUNK)
                .build();
    }

    /**
     * Returns the locations of consecutive chunks of one page.
     *
     * @param first index of the first chunk
     * @param count number of chunks, at most up to the end of the page
     * @param look finds the locations of all chunks of the page; its result is remembered if it is complete
     */
    public List<ChunkLocation> places(Content content, int first, int count, Look look) {
        int page = first / PAGE;
        int begin = page * PAGE;
        int size = Math.min(PAGE, content.chunks() - begin);
        Key key = new Key(content.id(), page);
        List<ChunkLocation> places = pages.getIfPresent(key);
        if (places == null) {
            places = List.copyOf(look.places(begin, size));
            if (places.size() == size) {
                pages.put(key, places);
            }
        }
        return places.subList(Math.min(first - begin, places.size()), Math.min(first - begin + count, places.size()));
    }

    /** A lookup in the metadata. */
    @FunctionalInterface
    public interface Look {
        List<ChunkLocation> places(int first, int count);
    }

    /** Remembers all chunks of a content that was just recorded, if they fit into one page. */
    public void recorded(ContentId content, List<ChunkLocation> chunks) {
        if (!chunks.isEmpty() && chunks.size() <= PAGE) {
            pages.put(new Key(content, 0), List.copyOf(chunks));
        }
    }

    /** Drops the location of a chunk that has left it, or may have. */
    public void moved(ContentId content, int index) {
        pages.invalidate(new Key(content, index / PAGE));
    }
}
