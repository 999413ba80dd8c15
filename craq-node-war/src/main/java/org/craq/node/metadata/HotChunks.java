package org.craq.node.metadata;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.List;
import org.craq.core.file.Content;
import org.craq.core.file.ContentId;
import org.craq.node.store.ChunkLocation;

/**
 * Remembers where the chunks of contents lie that are read or written most, by the page. A place may be an old one: then nothing lies
 * there any more, or still the same bytes, since a place is never given to something else. Who meets that says so and looks
 * anew. Bounded in bytes. Thread-safe.
 */
public final class HotChunks {
    /** Chunks whose places are looked up together. */
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
     * Where some chunks of one page lie, from one on.
     *
     * @param count at most up to the end of the page
     * @param look finds the places of all chunks of the page; its answer is remembered if it is complete
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

    /** A look into the metadata. */
    @FunctionalInterface
    public interface Look {
        List<ChunkLocation> places(int first, int count);
    }

    /** All chunks of a content that was just recorded. */
    public void recorded(ContentId content, List<ChunkLocation> chunks) {
        if (!chunks.isEmpty() && chunks.size() <= PAGE) {
            pages.put(new Key(content, 0), List.copyOf(chunks));
        }
    }

    /** A chunk has left its place, or may have. */
    public void moved(ContentId content, int index) {
        pages.invalidate(new Key(content, index / PAGE));
    }
}
