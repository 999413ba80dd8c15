package org.craq.node.metadata;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.concurrent.ConcurrentMap;
import org.craq.core.chain.Seq;
import org.craq.core.file.FileName;

/**
 * What this node remembers of the files that are read or written most: their newest versions, and where their chunks lie. So reads of
 * them need no database. Bounded in bytes; what is asked for rarely goes first. Thread-safe.
 */
public final class HotFiles {
    /** The name's characters are in the key, in the record, and in the record's name. */
    private static final int BYTES_OF_KEY = 100;

    private final Cache<HotLog.Key, KnownVersions> versions;
    private final HotChunks chunks;

    /** @param bytes of memory, about; half of it for versions, half for places of chunks; 0: nothing is remembered */
    public HotFiles(long bytes) {
        versions = Caffeine.newBuilder()
                // The callers' own threads: a common pool would outlive the deployment.
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
     * What is remembered of one member's log, from the beginning of its present life on.
     *
     * @param last up to where the log is durable
     */
    public HotLog log(Seq last) {
        return new HotLog(versions(), last);
    }

    /** What is remembered, as it is now. */
    ConcurrentMap<HotLog.Key, KnownVersions> versions() {
        return versions.asMap();
    }

    public HotChunks chunks() {
        return chunks;
    }
}
