package org.craq.server.clients;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class GuardedOutputTest {
    private final List<String> happened = new ArrayList<>();

    /** As a container's: with a listener it would send after its close, in another thread. */
    private final class Sent extends ServletOutputStream {
        @Override
        public void write(int single) {
            happened.add("write");
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            happened.add("write " + length);
        }

        @Override
        public void close() {
            happened.add("close");
        }

        @Override
        public boolean isReady() {
            throw new IllegalStateException("without a listener containers throw");
        }

        @Override
        public void setWriteListener(WriteListener listener) {
            happened.add("listener");
        }
    }

    @Test
    void whoWantsToBeCalledWritesInItsOwnThreadBeforeTheStreamIsClosed() throws IOException {
        GuardedOutput output = new GuardedOutput(new Sent(), new Transfer(false));
        output.setWriteListener(new WriteListener() {
            @Override
            public void onWritePossible() throws IOException {
                if (output.isReady()) {
                    output.write(new byte[100_000]);
                }
            }

            @Override
            public void onError(Throwable failure) {
                happened.add("error");
            }
        });
        output.close();
        assertThat(happened).containsExactly("write 65536", "write 34464", "close");
    }

    @Test
    void whoFailsWhenItIsCalledHearsOfIt() {
        new GuardedOutput(new Sent(), new Transfer(false)).setWriteListener(new WriteListener() {
            @Override
            public void onWritePossible() throws IOException {
                throw new IOException("gone");
            }

            @Override
            public void onError(Throwable failure) {
                happened.add(failure.getMessage());
            }
        });
        assertThat(happened).containsExactly("gone");
    }
}
