package org.craq.server.clients;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import java.io.IOException;
import java.time.Duration;

/** The body that a client sends, at the minimum rate or faster. */
final class GuardedInput extends ServletInputStream {
    /** How long the rest of a body is read in a thread of the deployment. */
    static final Duration DRAINED = Duration.ofSeconds(10);

    /** How long the rest of a body is read in a thread of the container. */
    static final Duration DRAINED_BY_CONTAINER = Duration.ofSeconds(1);

    private static final int WASTE_BYTES = 16 << 10;

    private final ServletInputStream from;
    private final Transfer transfer;
    private boolean ended;

    GuardedInput(ServletInputStream from, Transfer transfer) {
        this.from = from;
        this.transfer = transfer;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        if (ended || length == 0) {
            return ended ? -1 : 0;
        }
        int count = transfer.run(() -> from.read(into, offset, Math.min(length, Transfer.UNIT_BYTES)));
        ended = count < 0;
        return count;
    }

    /**
     * Reads what the client still sends, so that it gets to read its answer, and then cuts it off. Otherwise the
     * container would go on reading for as long as bytes arrive.
     */
    void finish(Duration drained) {
        byte[] waste = new byte[WASTE_BYTES];
        transfer.endIn(drained);
        try {
            while (!ended && !transfer.overdue()) {
                read(waste, 0, waste.length);
            }
        } catch (IOException e) {
            // An error no longer matters.
            ended = false;
        }
        if (!ended) {
            cut();
        }
    }

    /**
     * Closes the stream without waiting: the container would read on, but in an interrupted thread this fails at once.
     */
    private void cut() {
        boolean interrupted = Thread.interrupted();
        Thread.currentThread().interrupt();
        try {
            from.close();
        } catch (IOException | RuntimeException e) {
            // This is the intended effect.
            ended = true;
        } finally {
            Thread.interrupted();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public int available() throws IOException {
        return from.available();
    }

    @Override
    public boolean isFinished() {
        return from.isFinished();
    }

    @Override
    public boolean isReady() {
        return from.isReady();
    }

    @Override
    public void setReadListener(ReadListener listener) {
        from.setReadListener(listener);
    }
}
