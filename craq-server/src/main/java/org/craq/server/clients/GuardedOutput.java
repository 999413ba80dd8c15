package org.craq.server.clients;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;

/** The answer that a client receives, at the minimum rate or faster. */
final class GuardedOutput extends ServletOutputStream {
    private final ServletOutputStream to;
    private final Transfer transfer;

    GuardedOutput(ServletOutputStream to, Transfer transfer) {
        this.to = to;
        this.transfer = transfer;
    }

    @Override
    public void write(int single) throws IOException {
        write(new byte[] {(byte) single}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        int end = offset + length;
        for (int from = offset; from < end; from += Transfer.UNIT_BYTES) {
            int begin = from;
            int count = Math.min(end - from, Transfer.UNIT_BYTES);
            transfer.run(() -> {
                to.write(bytes, begin, count);
                return count;
            });
        }
    }

    @Override
    public void flush() throws IOException {
        transfer.run(() -> {
            to.flush();
            return 0;
        });
    }

    /** Sends the rest, without waiting if the client has been aborted. */
    @Override
    public void close() throws IOException {
        if (!transfer.givenUp()) {
            transfer.run(() -> {
                to.close();
                return 0;
            });
            return;
        }
        Thread.currentThread().interrupt();
        try {
            to.close();
        } finally {
            Thread.interrupted();
        }
    }

    /** Writing may always begin: it waits for the client here, where the wait is measured. */
    @Override
    public boolean isReady() {
        return true;
    }

    /**
     * Calls the listener at once, and does not tell the container of it: that would send in a thread of its own, at any time after {@link #close}, while the rest
     * of the body is taken in this one or the connection is cut.
     */
    @Override
    public void setWriteListener(WriteListener listener) {
        try {
            listener.onWritePossible();
        } catch (IOException e) {
            listener.onError(e);
        }
    }
}
