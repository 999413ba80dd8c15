package org.craq.node.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.craq.core.file.FileName;
import org.craq.core.file.Version;
import org.craq.node.metadata.FileRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VersionsTest {
    private static FileRecord version(String version) {
        return new FileRecord(
                new FileName("a"), Version.parse(version), UUID.randomUUID(), Optional.empty(), "", Map.of(), 0, false);
    }

    @Test
    void onlyAPageThatHasAFollowerHasACursor() {
        FileRecord newest = version("2-9");
        FileRecord older = version("1-4");

        assertThat(Versions.page(List.of(newest, older), 2)).isEqualTo(new Versions(List.of(newest, older), ""));
        assertThat(Versions.page(List.of(newest, older), 1)).isEqualTo(new Versions(List.of(newest), "2-9"));
        assertThat(Versions.before("2-9")).contains(Version.parse("2-9"));
        assertThat(Versions.before("")).isEmpty();
    }

    @Test
    void aPageOfVersionsThatSayMuchOfThemselvesEndsBeforeItIsTooLong() {
        FileRecord heavy = new FileRecord(
                new FileName("a"),
                Version.parse("1-1"),
                UUID.randomUUID(),
                Optional.empty(),
                "",
                Map.of("k", "x".repeat(9000)),
                0,
                false);

        Versions page = Versions.page(Collections.nCopies(1000, heavy), 1000);

        assertThat(page.versions()).hasSizeBetween(300, 400);
        assertThat(page.nextCursor()).isEqualTo("1-1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "1", "a-b"})
    void refusesWhatNoListingGave(String cursor) {
        assertThatThrownBy(() -> Versions.before(cursor)).hasMessageContaining("cursor");
    }
}
