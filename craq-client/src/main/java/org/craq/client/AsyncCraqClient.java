package org.craq.client;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import org.craq.client.internal.ByteSubscription;
import org.craq.client.internal.PublishedBytes;

/**
 * Runs the operations of a {@link CraqClient} on an executor, without blocking the caller. Units, options and errors are those of the
 * blocking methods: a future fails with the exception that the blocking method of the same name throws, a {@link
 * org.craq.wire.CraqException} or an {@link java.io.IOException}. Cancelling a future interrupts its operation; a cancelled write may
 * still take effect. Thread-safe. It works until its client is closed, and does not shut down the executor.
 *
 * <pre>{@code
 * AsyncCraqClient async = client.async(executor);
 * async.put("a", Path.of("2026.pdf"))
 *         .thenCompose(receipt -> async.copy("a", "b"))
 *         .thenAccept(receipt -> System.out.println(receipt.version()))
 *         .join();
 * Flow.Publisher<ByteBuffer> content = async.get("b", GetOptions.defaults());
 * }</pre>
 */
public final class AsyncCraqClient {
    private final CraqClient client;
    private final Executor executor;

    AsyncCraqClient(CraqClient client, Executor executor) {
        this.client = client;
        this.executor = executor;
    }

    /** A future that ends its operation when it is cancelled. */
    private static final class Running<T> extends CompletableFuture<T> {
        private final Callable<T> operation;
        private Thread runner;

        Running(Callable<T> operation) {
            this.operation = operation;
        }

        // Every failure, including an Error, is reported through the future.
        void run() {
            synchronized (this) {
                if (isDone()) {
                    return;
                }
                runner = Thread.currentThread();
            }
            try {
                complete(operation.call());
            } catch (Throwable e) {
                completeExceptionally(e);
            } finally {
                synchronized (this) {
                    runner = null;
                    // An interrupt meant for this operation must not stay with the executor's thread.
                    boolean unused = isCancelled() && Thread.interrupted();
                }
            }
        }

        @Override
        public boolean cancel(boolean mayInterrupt) {
            boolean cancelled = super.cancel(mayInterrupt);
            synchronized (this) {
                if (cancelled && runner != null) {
                    runner.interrupt();
                }
            }
            return cancelled;
        }
    }

    private <T> CompletableFuture<T> run(Callable<T> operation) {
        Running<T> running = new Running<>(operation);
        executor.execute(running::run);
        return running;
    }

    /** Runs {@link CraqClient#put(String, Path)}. */
    public CompletableFuture<Receipt> put(String name, Path source) {
        return put(name, source, PutOptions.defaults());
    }

    /** Runs {@link CraqClient#put(String, Path, PutOptions)}. */
    public CompletableFuture<Receipt> put(String name, Path source, PutOptions options) {
        return run(() -> client.put(name, source, options));
    }

    /** Runs {@link CraqClient#append(String, Path, PutOptions)}. */
    public CompletableFuture<Receipt> append(String name, Path source, PutOptions options) {
        return run(() -> client.append(name, source, options));
    }

    /**
     * Stores everything that the publisher emits. The publisher gets one subscriber, which requests a few buffers at a
     * time. If the publisher fails, nothing is stored, and the future fails with an {@link java.io.IOException} whose
     * cause is the publisher's failure.
     */
    public CompletableFuture<Receipt> put(String name, Flow.Publisher<ByteBuffer> source, PutOptions options) {
        return run(() -> {
            try (PublishedBytes bytes = new PublishedBytes()) {
                source.subscribe(bytes);
                return client.put(name, bytes, options);
            }
        });
    }

    /**
     * Returns a publisher of a version's content. Each subscription is a separate download; it occupies one thread of
     * the executor from start to end and emits no more buffers than were requested. {@code onComplete} means that the
     * whole content has been verified. Before {@code onError}, a part of the content may have been emitted, every byte
     * of it verified.
     */
    public Flow.Publisher<ByteBuffer> get(String name, GetOptions options) {
        return subscriber -> {
            ByteSubscription subscription = new ByteSubscription(subscriber);
            executor.execute(() -> subscription.run(target -> client.get(name, target, options)));
        };
    }

    /** Runs {@link CraqClient#get(String, Path)}. */
    public CompletableFuture<FileInfo> get(String name, Path target) {
        return get(name, target, GetOptions.defaults());
    }

    /** Runs {@link CraqClient#get(String, Path, GetOptions)}. */
    public CompletableFuture<FileInfo> get(String name, Path target, GetOptions options) {
        return run(() -> client.get(name, target, options));
    }

    /** Runs {@link CraqClient#stat(String)}. */
    public CompletableFuture<FileInfo> stat(String name) {
        return stat(name, GetOptions.defaults());
    }

    /** Runs {@link CraqClient#stat(String, GetOptions)}. */
    public CompletableFuture<FileInfo> stat(String name, GetOptions options) {
        return run(() -> client.stat(name, options));
    }

    /** Runs {@link CraqClient#list}. */
    public CompletableFuture<ListPage> list(ListOptions options) {
        return run(() -> client.list(options));
    }

    /** Runs {@link CraqClient#versions}. */
    public CompletableFuture<VersionPage> versions(String name, VersionOptions options) {
        return run(() -> client.versions(name, options));
    }

    /** Runs {@link CraqClient#delete(String)}. */
    public CompletableFuture<Receipt> delete(String name) {
        return delete(name, DeleteOptions.defaults());
    }

    /** Runs {@link CraqClient#delete(String, DeleteOptions)}. */
    public CompletableFuture<Receipt> delete(String name, DeleteOptions options) {
        return run(() -> client.delete(name, options));
    }

    /** Runs {@link CraqClient#copy(String, String)}. */
    public CompletableFuture<Receipt> copy(String source, String target) {
        return copy(source, target, CopyOptions.defaults());
    }

    /** Runs {@link CraqClient#copy(String, String, CopyOptions)}. */
    public CompletableFuture<Receipt> copy(String source, String target, CopyOptions options) {
        return run(() -> client.copy(source, target, options));
    }

    /** Runs {@link CraqClient#move(String, String)}. */
    public CompletableFuture<Receipt> move(String source, String target) {
        return move(source, target, CopyOptions.defaults());
    }

    /** Runs {@link CraqClient#move(String, String, CopyOptions)}. */
    public CompletableFuture<Receipt> move(String source, String target, CopyOptions options) {
        return run(() -> client.move(source, target, options));
    }

    /** Runs {@link Transaction#commit}. The transaction must not be changed until the future is done. */
    public CompletableFuture<List<Receipt>> commit(Transaction transaction) {
        return run(transaction::commit);
    }

    /** Runs {@link CraqClient#chain}. */
    public CompletableFuture<ChainInfo> chain() {
        return run(client::chain);
    }
}
