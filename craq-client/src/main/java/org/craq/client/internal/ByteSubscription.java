package org.craq.client.internal;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.Flow;

/**
 * Runs the download of one subscriber. Bytes written to it go to the subscriber as they are requested; until then the
 * writer waits.
 */
public final class ByteSubscription extends OutputStream implements Flow.Subscription {
    /** Writes the content to a stream; when it returns, the content is complete. */
    public interface Download {
        void into(OutputStream target) throws IOException;
    }

    private final Flow.Subscriber<? super ByteBuffer> subscriber;
    private long requested;
    private boolean cancelled;
    private IllegalArgumentException wrongRequest;
    private Thread runner;

    public ByteSubscription(Flow.Subscriber<? super ByteBuffer> subscriber) {
        this.subscriber = subscriber;
    }

    /** Runs the download and reports its completion or failure to the subscriber. */
    public void run(Download download) {
        synchronized (this) {
            runner = Thread.currentThread();
        }
        try {
            subscriber.onSubscribe(this);
            download.into(this);
            if (!isCancelled()) {
                subscriber.onComplete();
            }
        } catch (IOException | RuntimeException e) {
            if (!isCancelled()) {
                subscriber.onError(wrongRequest == null ? e : wrongRequest);
            }
        } finally {
            synchronized (this) {
                runner = null;
                // An interrupt meant for this download must not stay with the executor's thread.
                boolean unused = cancelled && Thread.interrupted();
            }
        }
    }

    private synchronized boolean isCancelled() {
        return cancelled;
    }

    @Override
    public synchronized void request(long count) {
        if (count <= 0) {
            wrongRequest = new IllegalArgumentException("a subscriber requests at least one buffer, not " + count);
        } else {
            requested = requested + count < 0 ? Long.MAX_VALUE : requested + count;
        }
        notifyAll();
    }

    @Override
    public synchronized void cancel() {
        cancelled = true;
        if (runner != null && runner != Thread.currentThread()) {
            runner.interrupt();
        }
        notifyAll();
    }

    @Override
    public void write(int octet) throws IOException {
        write(new byte[] {(byte) octet}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        if (length > 0) {
            await();
            subscriber.onNext(ByteBuffer.wrap(Arrays.copyOfRange(bytes, offset, offset + length)));
        }
    }

    private synchronized void await() throws IOException {
        while (requested == 0 && !cancelled && wrongRequest == null) {
            try {
                wait();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw (IOException) new InterruptedIOException("interrupted while waiting for a request").initCause(e);
            }
        }
        if (cancelled || wrongRequest != null) {
            throw new IOException(cancelled ? "the subscription was cancelled" : wrongRequest.getMessage());
        }
        requested--;
    }
}
