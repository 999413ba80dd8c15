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
 * The contents of one batch of entries, asked for in their order: while one is waited for, the next ones that nobody pushes
 * are fetched already. Without that, a learner would take one content at a time from a chain whose writers are many. Used by
 * one thread.
 */
final class FetchAhead {
    private static final Logger LOG = System.getLogger(FetchAhead.class.getName());
    static final int MAX_CONTENTS = 8;
    /** Of all that is being fetched; one content alone may be larger. */
    static final long MAX_BYTES = 32L << 20;

    private static final long POLL_MILLIS = 200;

    /** Where contents come from. */
    interface Source {
        /** True when no chunk of it is here, and none is on its way. */
        boolean lacks(Content content);

        /** Tries once to fetch it; whether that helped shows later. */
        void tryFetch(MissingContent wanted);

        /**
         * Returns when every chunk is stored; or, empty, when it is enough.
         *
         * @throws CraqException VERSION_PRUNED when retention has given it up elsewhere: there is nothing to be had
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

    /** Contents are asked for in the order of the batch. Returns as {@link Source#obtain} does. */
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
                LOG.log(Level.DEBUG, "a content is still on its way");
            } catch (ExecutionException e) {
                LOG.log(Level.WARNING, "a content could not be fetched ahead", e.getCause());
            }
        }
    }
}
