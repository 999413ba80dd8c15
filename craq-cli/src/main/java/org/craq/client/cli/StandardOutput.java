package org.craq.client.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;

/**
 * Standard output, which remembers its first failure and writes nothing after it; code that prints text does not check
 * for failures.
 */
final class StandardOutput extends OutputStream {
    private final OutputStream out;
    private final boolean pipe;
    private Failure failure;

    /**
     * Wraps a stream.
     *
     * @param pipe true if a failure can only mean that the reader has closed the pipe
     */
    StandardOutput(OutputStream out, boolean pipe) {
        this.out = out;
        this.pipe = pipe;
    }

    /** The reason why nothing can be written any more. */
    static final class Failure extends IOException {
        private static final long serialVersionUID = 1L;
        private final boolean readerGone;

        Failure(IOException cause, boolean readerGone) {
            super("standard output can't be written: " + cause.getMessage(), cause);
            this.readerGone = readerGone;
        }

        /** Returns true if the program at the other end of a pipe has stopped reading, which is not an error. */
        boolean readerGone() {
            return readerGone;
        }
    }

    /** Returns a closed standard output, each write to which fails. */
    static StandardOutput closed() {
        return new StandardOutput(
                new OutputStream() {
                    @Override
                    public void write(int octet) throws IOException {
                        throw new IOException("it is closed");
                    }
                },
                false);
    }

    synchronized Optional<Failure> failure() {
        return Optional.ofNullable(failure);
    }

    @Override
    public void write(int octet) throws IOException {
        write(new byte[] {(byte) octet}, 0, 1);
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
        if (failure == null) {
            try {
                out.write(bytes, offset, length);
                return;
            } catch (IOException e) {
                String text = String.valueOf(e.getMessage());
                failure = new Failure(e, pipe || text.contains("Broken pipe"));
            }
        }
        throw failure;
    }

    @Override
    public void flush() throws IOException {
        out.flush();
    }
}
