package org.craq.node.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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

class CursorTest {
    private static FileRecord file(String name) {
        return new FileRecord(
                new FileName(name), Version.parse("1-1"), UUID.randomUUID(), Optional.empty(), "", Map.of(), 0, false);
    }

    @Test
    void goesOnAfterTheLastNameOfAFullPage() {
        assertThat(Cursor.decode(Cursor.after(List.of(file("a"), file("ä %_/ü")), 2)))
                .isEqualTo("ä %_/ü");
    }

    @Test
    void aPageThatIsNotFullIsTheLast() {
        assertThat(Cursor.after(List.of(file("a")), 2)).isEmpty();
        assertThat(Cursor.decode("")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"!", "a", "_w", "AA"})
    void refusesWhatNoListingGave(String cursor) {
        assertThatThrownBy(() -> Cursor.decode(cursor)).hasMessageContaining("cursor");
    }
}
