package org.craq.node.metadata;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.concurrent.ConcurrentMap;
import org.craq.core.chain.Seq;
import org.craq.core.file.FileName;

/**
 * What this node remembers of the most used files: their newest versions, and where their chunks lie, so that reading
 * them needs no database. Bounded in bytes; what is used rarely is evicted first. Thread-safe.
 */
public final class HotFiles {
    /** Besides the name's characters, which are counted separately. */
    private static final int BYTES_OF_KEY = 100;

    private final Cache<HotLog.Key, KnownVersions> versions;
    private final HotChunks chunks;

    /**
     * Creates an empty memory.
     *
     * @param bytes approximate size, half of it for versions and half for chunk locations; 0: nothing is remembered
     */
    public HotFiles(long bytes) {
        versions = Caffeine.newBuilder()
                // Uses the callers' threads, as a common pool would outlive the deployment.
                .executor(Runnable::run)
                .maximumWeight(bytes / 2)
                .weigher((HotLog.Key key, KnownVersions known) -> bytes(key.name()) + known.bytes())
                .build();
        chunks = new HotChunks(bytes - bytes / 2);
    }

    private static int bytes(FileName name) {
        return BYTES_OF_KEY + 2 * name.value().length();
    }

    /**
     * Returns the memory of one member's log, from the beginning of its present life on.
     *
     * @param last up to where the log is durable
     */
    public HotLog log(Seq last) {
        return new HotLog(versions(), last);
    }

    /** Returns a live view of the remembered versions. */
    ConcurrentMap<HotLog.Key, KnownVersions> versions() {
        return versions.asMap();
    }

    public HotChunks chunks() {
        return chunks;
    }
}
