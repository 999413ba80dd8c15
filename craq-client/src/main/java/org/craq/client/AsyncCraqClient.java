package org.craq.client;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;

/**
 * The operations of a {@link CraqClient} without waiting for them. A future fails with what the blocking method throws, a {@link
 * org.craq.wire.CraqException} or an {@link java.io.IOException}. Cancelling it interrupts the operation; a write may have taken effect
 * all the same. Thread-safe; ends with its client, and leaves the executor alone.
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

        // Whatever went wrong is the future's to tell.
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
                    // The executor's thread must not take an interrupt along that was meant for this operation.
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

    public CompletableFuture<Receipt> put(String name, Path source) {
        return put(name, source, PutOptions.defaults());
    }

    public CompletableFuture<Receipt> put(String name, Path source, PutOptions options) {
        return run(() -> client.put(name, source, options));
    }

    public CompletableFuture<Receipt> append(String name, Path source, PutOptions options) {
        return run(() -> client.append(name, source, options));
    }

    /**
     * Stores all that the publisher gives. It is subscribed to once, and asked for a few buffers at a time; if it fails, nothing is
     * stored, and the future fails with an {@link java.io.IOException} that has its failure as the cause.
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
     * A version's content, to whoever subscribes: each subscription is a download of its own, which takes a thread from its
     * subscription to its end and sends no more than was requested. The whole is checked before {@code onComplete}; after {@code onError} a
     * part of it, every byte checked, may have come.
     */
    public Flow.Publisher<ByteBuffer> get(String name, GetOptions options) {
        return subscriber -> {
            ByteSubscription subscription = new ByteSubscription(subscriber);
            executor.execute(() -> subscription.run(target -> client.get(name, target, options)));
        };
    }

    public CompletableFuture<FileInfo> get(String name, Path target) {
        return get(name, target, GetOptions.defaults());
    }

    public CompletableFuture<FileInfo> get(String name, Path target, GetOptions options) {
        return run(() -> client.get(name, target, options));
    }

    public CompletableFuture<FileInfo> stat(String name) {
        return stat(name, GetOptions.defaults());
    }

    public CompletableFuture<FileInfo> stat(String name, GetOptions options) {
        return run(() -> client.stat(name, options));
    }

    public CompletableFuture<ListPage> list(ListOptions options) {
        return run(() -> client.list(options));
    }

    public CompletableFuture<VersionPage> versions(String name, VersionOptions options) {
        return run(() -> client.versions(name, options));
    }

    public CompletableFuture<Receipt> delete(String name) {
        return delete(name, DeleteOptions.defaults());
    }

    public CompletableFuture<Receipt> delete(String name, DeleteOptions options) {
        return run(() -> client.delete(name, options));
    }

    public CompletableFuture<Receipt> copy(String source, String target) {
        return copy(source, target, CopyOptions.defaults());
    }

    public CompletableFuture<Receipt> copy(String source, String target, CopyOptions options) {
        return run(() -> client.copy(source, target, options));
    }

    public CompletableFuture<Receipt> move(String source, String target) {
        return move(source, target, CopyOptions.defaults());
    }

    public CompletableFuture<Receipt> move(String source, String target, CopyOptions options) {
        return run(() -> client.move(source, target, options));
    }

    /** Runs {@link Transaction#commit}; the transaction must not be changed meanwhile. */
    public CompletableFuture<List<Receipt>> commit(Transaction transaction) {
        return run(transaction::commit);
    }

    public CompletableFuture<ChainInfo> chain() {
        return run(client::chain);
    }
}
