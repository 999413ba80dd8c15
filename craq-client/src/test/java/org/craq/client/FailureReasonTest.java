package org.craq.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotLinkException;
import java.util.List;
import org.junit.jupiter.api.Test;

class FailureReasonTest {
    @Test
    void filesAreNamedFirst() {
        assertThat(FailureReason.ofFile(new NoSuchFileException("a"))).isEqualTo("a: no such file");
        assertThat(FailureReason.ofFile(new AccessDeniedException("a"))).isEqualTo("a: permission denied");
        assertThat(FailureReason.ofFile(new FileAlreadyExistsException("a"))).isEqualTo("a: already exists");
        assertThat(FailureReason.ofFile(new FileSystemException("a", null, "why")))
                .isEqualTo("a: why");
        assertThat(FailureReason.ofFile(new InvalidPathException("a\0", "Nul"))).contains("can't be the name", "Nul");
    }

    @Test
    void noTypeOfTheJdkIsShown() {
        for (Exception failure : List.of(
                new NotLinkException("a"), new FileSystemException("a"), new IOException(), new IOException((String)
                        null))) {
            assertThat(FailureReason.ofFile(failure))
                    .doesNotContain("Exception")
                    .isNotBlank();
        }
        for (Exception failure : List.of(
                new IOException("HTTP/1.1 header parser received no bytes"),
                new IOException(new IOException("SocketTube(3) is closed")),
                new IOException("fixed content-length: 7, bytes received: 3"),
                new ClosedChannelException())) {
            assertThat(FailureReason.ofConnection(failure)).isEqualTo("the connection was lost");
        }
        assertThat(FailureReason.ofConnection(new IOException(new ConnectException("Connection refused"))))
                .isEqualTo("Connection refused");
        assertThat(FailureReason.ofConnection(new ConnectException())).isEqualTo("the connection failed");
        assertThat(FailureReason.ofConnection(new HttpConnectTimeoutException("x")))
                .isEqualTo("no answer in time");
        assertThat(FailureReason.ofConnection(new UnknownHostException("h"))).isEqualTo("its host name is unknown");
    }
}
