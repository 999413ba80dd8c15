package org.craq.node.replication;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.craq.core.file.Content;
import org.craq.core.file.ContentId;
import org.craq.node.store.StagedContent;
import org.craq.wire.CraqException;

/**
 * Obtains the contents of one batch of entries, in order. While one is awaited, the next ones that nobody pushes are already being
 * fetched. Without this, a learner would fetch one content at a time from a chain with many concurrent writers. Not thread-safe.
 */
final class FetchAhead {
    private static final Logger LOG = System.getLogger(FetchAhead.class.getName());
    static final int MAX_CONTENTS = 8;
    /** Limit for all contents being fetched at once, in bytes; a single content may be larger. */
    static final long MAX_BYTES = 32L << 20;

    private static final long POLL_MILLIS = 200;

    /** Supplies contents. */
    interface Source {
        /** True when nothing of the content has arrived and nothing is being received. */
        boolean lacks(Content content);

        /** Tries once to fetch the content; {@link #obtain} finds out whether that succeeded. */
        void tryFetch(MissingContent wanted);

        /**
         * Waits until every chunk of the content is stored. Returns empty as soon as {@code enough} is true.
         *
         * @throws CraqException VERSION_PRUNED when retention has pruned the content elsewhere, so that it can't be had any more
         */
        Optional<StagedContent> obtain(MissingContent wanted, BooleanSupplier enough) throws InterruptedException;
    }

    private final Source source;
    private final Executor executor;
    private final Deque<MissingContent> next;
    private final Map<ContentId, CompletableFuture<Void>> running = new HashMap<>();
    private long bytes;

    FetchAhead(Source source, Executor executor, Collection<MissingContent> contents) {
        this.source = source;
        this.executor = executor;
        this.next = new ArrayDeque<>(contents);
    }

    /** Returns what {@link Source#obtain} returns; to be called in the order of the batch. */
    Optional<StagedContent> obtain(MissingContent wanted, BooleanSupplier enough) throws InterruptedException {
        start();
        next.remove(wanted);
        Content content = wanted.content();
        CompletableFuture<Void> fetch = running.get(content.id());
        if (fetch != null) {
            await(fetch, enough);
            running.remove(content.id());
            bytes -= content.length();
        }
        return source.obtain(wanted, enough);
    }

    private void start() {
        while (!next.isEmpty() && hasRoom(next.getFirst().content())) {
            MissingContent wanted = next.removeFirst();
            Content content = wanted.content();
            if (!running.containsKey(content.id()) && source.lacks(content)) {
                bytes += content.length();
                running.put(content.id(), CompletableFuture.runAsync(() -> source.tryFetch(wanted), executor));
            }
        }
    }

    private boolean hasRoom(Content content) {
        return running.isEmpty() || (running.size() < MAX_CONTENTS && bytes + content.length() <= MAX_BYTES);
    }

    private static void await(CompletableFuture<Void> fetch, BooleanSupplier enough) throws InterruptedException {
        while (!fetch.isDone() && !enough.getAsBoolean()) {
            try {
                fetch.get(POLL_MILLIS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                LOG.log(Level.DEBUG, "a content is still being fetched");
            } catch (ExecutionException e) {
                LOG.log(Level.WARNING, "a content could not be fetched ahead", e.getCause());
            }
        }
    }
}
