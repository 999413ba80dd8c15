package org.craq.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.craq.client.FakeCluster;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderTest {
    @TempDir
    private Path here;

    private FakeCluster cluster;
    private Path tree;

    @BeforeEach
    void start() throws IOException {
        cluster = new FakeCluster();
        tree = here.resolve("tree");
        write("a.txt", "one");
        write("sub/größe & co.txt", "two");
        write("sub/deep/empty", "");
        write("z", "three");
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    private void write(String path, String content) throws IOException {
        Path file = tree.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }

    private record Outcome(int code, String out, String errors) {}

    private Outcome run(String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream errors = new ByteArrayOutputStream();
        List<String> all = new ArrayList<>(List.of(args));
        all.addAll(List.of("--manager", cluster.managerAddress(), "--timeout", "2"));
        int code = Main.run(
                CraqCommand.commandLine(Streams.of(
                        new ByteArrayInputStream(new byte[0]), new StandardOutput(out, false), errors, false)),
                all.toArray(String[]::new));
        return new Outcome(code, out.toString(StandardCharsets.UTF_8), errors.toString(StandardCharsets.UTF_8));
    }

    private List<String> names() {
        return run("ls", "--json")
                .out()
                .lines()
                .map(line -> JsonParser.parseString(line)
                        .getAsJsonObject()
                        .get("name")
                        .getAsString())
                .toList();
    }

    @Test
    void aFolderGoesInAndComesBack() {
        Outcome put = run("put", "-r", tree.toString());
        assertThat(put.code()).as(put.toString()).isZero();
        assertThat(put.errors()).isEqualTo("craq: 4 files stored, 11 bytes\n");
        assertThat(put.out().lines()).hasSize(4).anyMatch(line -> line.startsWith("tree/a.txt: version 3-"));
        assertThat(names()).containsExactly("tree/a.txt", "tree/sub/deep/empty", "tree/sub/größe & co.txt", "tree/z");

        Path copy = here.resolve("copy");
        Outcome get = run("get", "-r", "tree", copy.toString(), "--parallel", "2");
        assertThat(get.code()).as(get.toString()).isZero();
        assertThat(get.errors()).isEqualTo("craq: 4 files read, 11 bytes\n");
        assertThat(copy.resolve("sub/größe & co.txt")).hasContent("two");
        assertThat(copy.resolve("sub/deep/empty")).isEmptyFile();
        assertThat(run("get", "-r", "tree/sub/", copy.resolve("part").toString())
                        .code())
                .isZero();
        assertThat(copy.resolve("part/deep/empty")).exists();
        assertThat(copy.resolve("part/z")).doesNotExist();
    }

    @Test
    void aPrefixTakesTheFoldersPlace() {
        run("put", "-r", tree.toString(), "x/y");
        assertThat(names()).first().isEqualTo("x/y/a.txt");
        run("put", "-r", tree.resolve("sub").toString(), "");
        assertThat(names()).contains("deep/empty");
        assertThat(run("get", "-r", "", here.resolve("all").toString()).code()).isZero();
        assertThat(here.resolve("all/x/y/z")).hasContent("three");
    }

    @Test
    void linksAreSaidAndPassedOverUnlessTheyAreToBeFollowed() throws IOException {
        Files.createSymbolicLink(tree.resolve("link"), tree.resolve("z"));
        Files.createSymbolicLink(tree.resolve("sub/up"), tree);
        Outcome put = run("put", "-r", tree.toString());
        assertThat(put.code()).isZero();
        assertThat(put.errors()).contains("link: is a symbolic link").endsWith("4 files stored, 11 bytes; 2 skipped\n");

        Outcome followed = run("put", "-r", tree.toString(), "--follow");
        assertThat(followed.errors()).contains("leads back").endsWith("5 files stored, 16 bytes; 1 skipped\n");
        assertThat(names()).contains("tree/link");
    }

    @Test
    void aLinkThatTheUserNamesIsFollowed() throws IOException {
        Path link = Files.createSymbolicLink(here.resolve("link"), tree);
        for (String named : new String[] {link.toString(), link + "/"}) {
            Outcome put = run("put", "-r", named, "linked");
            assertThat(put.code()).as(put.toString()).isZero();
            assertThat(put.errors()).endsWith("4 files stored, 11 bytes\n");
        }
        assertThat(names()).contains("linked/z");
    }

    @Test
    void whereThereIsNothingToStoreThePutHasFailed() throws IOException {
        Path empty = Files.createDirectory(here.resolve("empty"));
        Outcome put = run("put", "-r", empty.toString());
        assertThat(put)
                .isEqualTo(new Outcome(1, "", "craq: 0 files stored, 0 bytes; there was no file to be stored\n"));
        Files.createSymbolicLink(empty.resolve("link"), tree.resolve("z"));
        assertThat(run("put", "-r", empty.toString()).code()).isEqualTo(1);
    }

    @Test
    void filesWhoseNamesAreNoTextAreToldAndTheOthersStored() throws IOException {
        for (String name : new String[] {"l%E9", "l%E8", "%C3%A9"}) {
            Files.writeString(Path.of(URI.create(tree.toUri() + name)), "x");
        }
        Outcome put = run("put", "-r", tree.toString());
        assertThat(put.code()).isEqualTo(1);
        assertThat(put.errors())
                .contains("l\\xE9: its name is not valid UTF-8", "l\\xE8: its name is not valid UTF-8")
                .endsWith("5 files stored, 12 bytes; 2 failed\n");
        assertThat(names()).contains("tree/\u00e9").noneMatch(name -> name.contains("\uFFFD"));
    }

    @Test
    void aFileThatFailsDoesNotEndTheOthers() throws IOException {
        write("bad\nname", "x");
        Outcome put = run("put", "-r", tree.toString(), "--json");
        assertThat(put.code()).isEqualTo(1);
        assertThat(put.errors()).contains("4 files stored, 11 bytes; 1 failed");
        List<JsonObject> objects = put.out()
                .lines()
                .map(line -> JsonParser.parseString(line).getAsJsonObject())
                .toList();
        assertThat(objects).hasSize(5);
        assertThat(objects.stream().filter(object -> object.has("error")))
                .singleElement()
                .extracting(object -> object.get("error").getAsString())
                .isEqualTo("INVALID_ARGUMENT");
    }

    @Test
    void aFileInAFoldersPlaceIsToldAndTheOthersAreRead() throws IOException {
        run("put", "-r", tree.toString());
        Path copy = Files.createDirectory(here.resolve("copy"));
        Files.writeString(copy.resolve("sub"), "in the way");
        Outcome get = run("get", "-r", "tree", copy.toString());
        assertThat(get.code()).isEqualTo(1);
        assertThat(get.errors())
                .contains("another file may have its name")
                .endsWith("2 files read, 8 bytes; 2 failed\n");
        assertThat(copy.resolve("z")).hasContent("three");
    }

    @Test
    void withoutAManagerTheRestIsNotTried() {
        cluster.close();
        Outcome put = run("put", "-r", tree.toString(), "--parallel", "1");
        assertThat(put.code()).isEqualTo(1);
        assertThat(put.errors()).contains("1 failed; the rest were not tried");
    }

    @Test
    void whatIsNoFolderIsTold() {
        assertThat(run("put", "-r", tree.resolve("z").toString()))
                .isEqualTo(new Outcome(1, "", "craq: " + tree.resolve("z") + ": is not a folder\n"));
        assertThat(run("get", "-r", "none").code()).isEqualTo(3);
        for (String[] args : new String[][] {
            {"put", "-r", "x", "--parallel", "0"},
            {"put", "x", "--parallel", "2"},
            {"put", "x", "--follow"},
            {"get", "-r", "x", "-"},
            {"get", "-r", "x", "--version", "1-1"}
        }) {
            assertThat(run(args).code()).as(String.join(" ", args)).isEqualTo(2);
        }
    }
}
