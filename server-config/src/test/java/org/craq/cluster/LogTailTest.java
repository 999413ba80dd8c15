package org.craq.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogTailTest {
    @TempDir
    private Path folder;

    @Test
    void theLastLinesThenWhatIsAdded() throws IOException, InterruptedException {
        Path log = Files.writeString(folder.resolve("server.log"), "one\ntwo\nthree\n");
        LogTail tail = new LogTail(log);
        assertThat(tail.last(2)).isEqualTo("two\nthree\n");
        Files.writeString(log, "four\n", StandardOpenOption.APPEND);
        assertThat(tail.awaitMore()).isEqualTo("four\n");
        assertThat(tail.awaitMore()).isEmpty();
    }

    @Test
    void aLogBegunAnewIsReadFromItsStart() throws IOException, InterruptedException {
        Path log = Files.writeString(folder.resolve("server.log"), "a long first line\n");
        LogTail tail = new LogTail(log);
        tail.last(1);
        Files.writeString(log, "new\n");
        assertThat(tail.awaitMore()).isEqualTo("new\n");
    }

    @Test
    void anExcerptPrefersErrors() throws IOException {
        Path log = Files.writeString(folder.resolve("server.log"), "ERROR it broke\nINFO stopping\n");
        assertThat(LogExcerpt.of(log)).contains(log.toString(), "it broke").doesNotContain("stopping");
    }

    @Test
    void anExcerptIsOfTheLastRunOnly() throws IOException {
        Path log = Files.writeString(
                folder.resolve("server.log"), "ERROR long ago\nINFO WFLYSRV0049: WildFly starting\nERROR just now\n");
        assertThat(LogExcerpt.of(log)).contains("just now").doesNotContain("long ago");
    }

    @Test
    void anExcerptOfNothingSaysSo() {
        assertThat(LogExcerpt.of(folder.resolve("missing.log"))).endsWith("(empty)");
    }
}
