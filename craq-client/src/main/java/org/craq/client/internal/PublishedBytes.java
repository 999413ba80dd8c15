package org.craq.client.internal;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.concurrent.Flow;

/** Presents a publisher's buffers as an input stream, and holds at most a few of them at once. */
public final class PublishedBytes extends InputStream implements Flow.Subscriber<ByteBuffer> {
    private static final int AHEAD = 4;

    private final Deque<ByteBuffer> waiting = new ArrayDeque<>();
    private Flow.Subscription subscription;
    private Throwable failure;
    private boolean ended;
    private boolean closed;

    @Override
    public synchronized void onSubscribe(Flow.Subscription given) {
        Objects.requireNonNull(given);
        if (subscription != null || closed) {
            given.cancel();
            return;
        }
        subscription = given;
        given.request(AHEAD);
    }

    @Override
    public synchronized void onNext(ByteBuffer bytes) {
        waiting.addLast(Objects.requireNonNull(bytes));
        notifyAll();
    }

    @Override
    public synchronized void onError(Throwable given) {
        failure = Objects.requireNonNull(given);
        ended = true;
        notifyAll();
    }

    @Override
    public synchronized void onComplete() {
        ended = true;
        notifyAll();
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public synchronized int read(byte[] target, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, target.length);
        if (length == 0) {
            return 0;
        }
        while (waiting.isEmpty() || !waiting.getFirst().hasRemaining()) {
            if (!waiting.isEmpty()) {
                waiting.removeFirst();
                subscription.request(1);
            } else if (failure != null) {
                throw new IOException("the publisher failed: " + failure.getMessage(), failure);
            } else if (ended) {
                return -1;
            } else {
                await();
            }
        }
        ByteBuffer first = waiting.getFirst();
        int count = Math.min(length, first.remaining());
        first.get(target, offset, count);
        return count;
    }

    private void await() throws IOException {
        try {
            while (waiting.isEmpty() && !ended) {
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (IOException) new InterruptedIOException("interrupted while waiting for the publisher").initCause(e);
        }
    }

    /** Cancels the subscription. */
    @Override
    public synchronized void close() {
        closed = true;
        if (subscription != null && !ended) {
            subscription.cancel();
        }
    }
}
