package org.craq.node.rest;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.craq.core.file.Body;
import org.craq.core.file.FileName;
import org.craq.core.file.Version;
import org.craq.node.metadata.FileRecord;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/**
 * Digests of whole files, for readers that ask for them. Computing one reads the whole file, so only a few are computed at once and
 * the results are cached. Thread-safe.
 */
@ApplicationScoped
public class KnownDigests {
    private static final int AT_ONCE = 2;
    private static final long PATIENCE_SECONDS = 10;
    private static final int REMEMBERED = 10_000;
    /** Digests of files up to this length are computed without waiting. */
    private static final long SHORT_BYTES = 1 << 20;

    private final Semaphore computing = new Semaphore(AT_ONCE);
    private final Cache<Key, String> known = Caffeine.newBuilder()
            .executor(Runnable::run)
            .maximumSize(REMEMBERED)
            .build();

    /** Reads a whole body and passes its bytes to the sink in order. */
    interface Bytes {
        void read(Body body, Consumer<ByteBuffer> sink);
    }

    private record Key(FileName name, Version version, Set<String> algorithms) {}

    /**
     * Returns the value of the Repr-Digest header. May read the whole file.
     *
     * @throws CraqException OVERLOADED when it waited too long because other digests were being computed
     */
    String header(FileRecord file, BodyDigests wanted, Bytes bytes) {
        Key key = new Key(file.name(), file.version(), wanted.algorithms());
        String found = known.getIfPresent(key);
        if (found != null) {
            return found;
        }
        return computed(key, file.body().orElseThrow(), wanted, bytes);
    }

    private String computed(Key key, Body body, BodyDigests wanted, Bytes bytes) {
        if (body.length() <= SHORT_BYTES) {
            return compute(key, body, wanted, bytes);
        }
        boolean mine = false;
        try {
            mine = computing.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (!mine) {
                throw new CraqException(
                        ErrorCode.OVERLOADED,
                        AT_ONCE + " digests of whole files are being computed on this node, which is the limit");
            }
            String found = known.getIfPresent(key);
            return found == null ? compute(key, body, wanted, bytes) : found;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CraqException(ErrorCode.NOT_SERVING, "the node is stopping", e);
        } finally {
            if (mine) {
                computing.release();
            }
        }
    }

    private String compute(Key key, Body body, BodyDigests wanted, Bytes bytes) {
        bytes.read(body, wanted::update);
        String computed = wanted.header();
        known.put(key, computed);
        return computed;
    }
}
