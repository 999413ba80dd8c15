package org.craq.client.cli;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Standard input, whose failures name it. */
final class StandardInput extends FilterInputStream {
    StandardInput(InputStream in) {
        super(in);
    }

    /** Returns a closed standard input, each read of which fails. */
    static InputStream closed() {
        return new StandardInput(new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("it is closed. Redirect it from a file or a pipe, or name a FILE instead of -");
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                return read();
            }
        });
    }

    @Override
    public int read() throws IOException {
        try {
            return in.read();
        } catch (IOException e) {
            throw failed(e);
        }
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        try {
            return in.read(target, offset, length);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private static IOException failed(IOException cause) {
        return new IOException("standard input can't be read: " + cause.getMessage(), cause);
    }
}
