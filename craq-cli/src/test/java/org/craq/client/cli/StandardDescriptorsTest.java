package org.craq.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Uses a folder like the one by which Linux describes a process. */
class StandardDescriptorsTest {
    private static final String READ_ONLY = "0100000";
    private static final String WRITE_ONLY = "0100001";
    private static final String CLOSED_FOR_OTHER_PROGRAMS = "02100000";

    @TempDir
    private Path process;

    private StandardDescriptors descriptors;

    @BeforeEach
    void prepare() throws IOException {
        Files.createDirectory(process.resolve("fd"));
        Files.createDirectory(process.resolve("fdinfo"));
        descriptors = new StandardDescriptors(process);
    }

    private void open(int number, String target, String flags) throws IOException {
        Files.createSymbolicLink(process.resolve("fd").resolve(Integer.toString(number)), Path.of(target));
        Files.writeString(
                process.resolve("fdinfo").resolve(Integer.toString(number)),
                "pos:\t0\nflags:\t" + flags + "\nino:\t1\n");
    }

    @Test
    void whatIsOpenTheRightWayIsOpen() throws IOException {
        open(0, "/some/file", READ_ONLY);
        open(1, "pipe:[1]", WRITE_ONLY);
        assertThat(descriptors.closed(StandardDescriptors.INPUT)).isFalse();
        assertThat(descriptors.closed(StandardDescriptors.OUTPUT)).isFalse();
        assertThat(descriptors.pipe(StandardDescriptors.OUTPUT)).isTrue();
        assertThat(descriptors.pipe(StandardDescriptors.INPUT)).isFalse();
    }

    @Test
    void whatIsMissingOrOpenTheWrongWayIsClosed() throws IOException {
        assertThat(descriptors.closed(StandardDescriptors.INPUT)).isTrue();
        open(0, "/dev/null", WRITE_ONLY);
        open(1, "/dev/null", READ_ONLY);
        assertThat(descriptors.closed(StandardDescriptors.INPUT)).isTrue();
        assertThat(descriptors.closed(StandardDescriptors.OUTPUT)).isTrue();
    }

    @Test
    void whatThisProcessHasOpenedItselfIsNoInput() throws IOException {
        open(0, "/some/craq.jar", CLOSED_FOR_OTHER_PROGRAMS);
        assertThat(descriptors.closed(StandardDescriptors.INPUT)).isTrue();
    }

    @Test
    void theVirtualMachinesOwnFileIsInputOnlyWhereItIsOpenTwice() throws IOException {
        String modules = Path.of(System.getProperty("java.home"), "lib", "modules")
                .toRealPath()
                .toString();
        open(0, modules, READ_ONLY);
        assertThat(descriptors.closed(StandardDescriptors.INPUT)).isTrue();
        open(4, modules, READ_ONLY);
        assertThat(descriptors.closed(StandardDescriptors.INPUT)).isFalse();
    }

    @Test
    void aSystemThatDoesNotTellIsTakenToHaveThemOpen() {
        assertThat(new StandardDescriptors(process.resolve("none")).closed(StandardDescriptors.INPUT))
                .isFalse();
    }
}
