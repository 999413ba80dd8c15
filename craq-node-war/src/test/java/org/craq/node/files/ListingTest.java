package org.craq.node.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.craq.core.file.Body;
import org.craq.core.file.Content;
import org.craq.core.file.ContentId;
import org.craq.core.file.FileName;
import org.craq.core.file.Version;
import org.craq.node.metadata.FileRecord;
import org.craq.node.rpc.FileMessages;
import org.craq.wire.v1.ListFilesReply;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ListingTest {
    /** In byte order. */
    private final TreeSet<FileName> names = new TreeSet<>();

    private int rowsRead;

    private void add(String... more) {
        Stream.of(more).map(FileName::new).forEach(names::add);
    }

    private Listing list(String prefix, String delimiter, String cursor, int limit) {
        return list(prefix, delimiter, cursor, limit, List.of(prefix));
    }

    private Listing list(String prefix, String delimiter, String cursor, int limit, List<String> readable) {
        return new Listing.Question(prefix, delimiter, Cursor.decode(cursor), limit, readable).answer(this::rows);
    }

    private List<FileRecord> rows(String prefix, String after, int most) {
        List<FileRecord> rows = names.stream()
                .filter(name -> name.value().startsWith(prefix) && name.value().compareTo(after) > 0)
                .limit(most)
                .map(ListingTest::file)
                .toList();
        rowsRead += rows.size();
        return rows;
    }

    private static FileRecord file(FileName name) {
        return file(name, Map.of());
    }

    private static FileRecord file(FileName name, Map<String, String> metadata) {
        Content content = new Content(new ContentId(UUID.randomUUID()), Content.MIN_CHUNK_SIZE, 1, 0);
        return new FileRecord(
                name, Version.parse("1-1"), UUID.randomUUID(), Optional.of(Body.of(content)), "", metadata, 0, false);
    }

    /** gRPC clients accept no message of more than 4 MiB. */
    @ParameterizedTest
    @ValueSource(ints = {0, 64, 1000})
    void aPageOfFilesThatSayMuchOfThemselvesEndsBeforeItIsTooLong(int keys) {
        Map<String, String> metadata = IntStream.range(0, keys)
                .boxed()
                .collect(Collectors.toMap(i -> "k" + i, i -> "\u0444".repeat(keys == 64 ? 14 : 0)));
        IntStream.range(0, 1000).forEach(i -> add("f".repeat(keys == 0 ? 1000 : 500) + (1000 + i)));
        List<String> all = new ArrayList<>();
        String cursor = "";
        do {
            Listing page = new Listing.Question("", "", Cursor.decode(cursor), 1000)
                    .answer((prefix, after, most) -> rows(prefix, after, most).stream()
                            .map(row -> file(row.name(), metadata))
                            .toList());
            ListFilesReply.Builder message = ListFilesReply.newBuilder();
            page.files().forEach(file -> message.addFiles(FileMessages.info(file, true)));
            assertThat(message.build().getSerializedSize())
                    .isLessThan((4 << 20) - 100_000)
                    .isGreaterThan(page.nextCursor().isEmpty() ? 0 : 2 << 20);
            all.addAll(files(page));
            cursor = page.nextCursor();
        } while (!cursor.isEmpty());
        assertThat(all).isEqualTo(names.stream().map(FileName::value).toList());
    }

    private static List<String> files(Listing page) {
        return page.files().stream().map(file -> file.name().value()).toList();
    }

    @Test
    void withoutADelimiterEachFileStandsForItself() {
        add("a", "b/1", "b/2", "c");

        Listing page = list("", "", "", 10);

        assertThat(files(page)).containsExactly("a", "b/1", "b/2", "c");
        assertThat(page.prefixes()).isEmpty();
        assertThat(page.nextCursor()).isEmpty();
    }

    @Test
    void onlyWhatMayBeReadIsAskedForAndShown() {
        add("a", "a/b/1", "a/b/2", "a/c", "b/1", "c/d/1", "c/d/2", "c/e", "d");
        List<String> readable = List.of("a/b/", "b", "c/d/2");

        assertThat(files(list("", "", "", 10, readable))).containsExactly("a/b/1", "a/b/2", "b/1", "c/d/2");
        assertThat(rowsRead).as("nothing that is not shown").isEqualTo(4);
        assertThat(list("", "/", "", 10, readable).prefixes()).containsExactly("a/", "b/", "c/");
        assertThat(list("a/", "/", "", 10, List.of("a/b/")).prefixes()).containsExactly("a/b/");
        assertThat(list("", "", "", 10, List.of()).files()).isEmpty();
        List<String> all = new ArrayList<>();
        String cursor = "";
        do {
            Listing page = list("", "", cursor, 1, readable);
            all.addAll(files(page));
            cursor = page.nextCursor();
        } while (!cursor.isEmpty());
        assertThat(all).containsExactly("a/b/1", "a/b/2", "b/1", "c/d/2");
        assertThat(files(list("", "", Cursor.after(new FileName("a/c")), 10, readable)))
                .as("a cursor from the list of somebody else")
                .containsExactly("b/1", "c/d/2");
    }

    @Test
    void theStoresOwnFilesAreNotListed() {
        add("+", ".craq/uploads/1", ".craq/uploads/1/0", ".craq/uploads/2", ".craqx", "a");

        assertThat(files(list("", "", "", 10))).containsExactly("+", ".craqx", "a");
        assertThat(list("", "/", "", 10).prefixes()).isEmpty();
        assertThat(files(list("", "", list("", "", "", 1).nextCursor(), 1))).containsExactly(".craqx");
        assertThat(files(list("+", "", "", 1))).containsExactly("+");
        names.remove(new FileName(".craqx"));
        names.remove(new FileName("a"));
        assertThat(list("", "", "", 1).nextCursor()).isEmpty();
        assertThat(files(list(".craq/uploads/1", "", "", 10))).hasSize(2);
    }

    @Test
    void aFullPageThatIsTheLastSaysSo() {
        add("a", "b");

        assertThat(list("", "", "", 2).nextCursor()).isEmpty();
        assertThat(list("", "/", "", 2).nextCursor()).isEmpty();
        assertThat(files(list("", "", list("", "", "", 1).nextCursor(), 1))).containsExactly("b");
    }

    @Test
    void whatGoesOnBehindTheDelimiterIsToldOnce() {
        add("a", "b/1", "b/2/x", "b0", "c/d", "e");

        Listing top = list("", "/", "", 10);
        Listing below = list("b/", "/", "", 10);

        assertThat(files(top)).containsExactly("a", "b0", "e");
        assertThat(top.prefixes()).containsExactly("b/", "c/");
        assertThat(files(below)).containsExactly("b/1");
        assertThat(below.prefixes()).containsExactly("b/2/");
    }

    @Test
    void aDelimiterMayBeAnyText() {
        add("2026-01-02.log", "2026-01-03.log", "2026-02-01.log", "readme");

        assertThat(list("2026-", "-", "", 10).prefixes()).containsExactly("2026-01-", "2026-02-");
        assertThat(list("", ".lo", "", 10).prefixes())
                .containsExactly("2026-01-02.lo", "2026-01-03.lo", "2026-02-01.lo");
        assertThatThrownBy(() -> list("", "x".repeat(17), "", 1)).hasMessageContaining("delimiter");
        assertThatThrownBy(() -> list("", "\n", "", 1)).hasMessageContaining("delimiter");
    }

    @Test
    void ofAGroupOnlyTheFirstNamesAreRead() {
        for (int i = 0; i < 10_000; i++) {
            add("big/" + i, "other/" + i);
        }
        add("z");

        Listing page = list("", "/", "", 1000);

        assertThat(page.prefixes()).containsExactly("big/", "other/");
        assertThat(files(page)).containsExactly("z");
        assertThat(rowsRead).isLessThan(100);
    }

    @Test
    void pageByPageNothingIsLeftOutOrToldTwice() {
        Random random = new Random(5);
        for (int i = 0; i < 400; i++) {
            add("d" + random.nextInt(30) + (random.nextInt(3) == 0 ? "" : "/" + random.nextInt(20)));
        }
        Listing whole = list("", "/", "", 1000);
        for (int limit : new int[] {1, 2, 3, 7, 16, 50}) {
            List<String> files = new ArrayList<>();
            List<String> prefixes = new ArrayList<>();
            String cursor = "";
            do {
                Listing page = list("", "/", cursor, limit);
                assertThat(page.files().size() + page.prefixes().size()).isBetween(1, limit);
                files.addAll(files(page));
                prefixes.addAll(page.prefixes());
                cursor = page.nextCursor();
            } while (!cursor.isEmpty());
            assertThat(files).as("limit %d", limit).isEqualTo(files(whole));
            assertThat(prefixes).as("limit %d", limit).isEqualTo(whole.prefixes());
        }
        assertThat(whole.prefixes()).isNotEmpty().doesNotHaveDuplicates();
    }
}
