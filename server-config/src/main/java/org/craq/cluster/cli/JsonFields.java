package org.craq.cluster.cli;

import com.google.gson.JsonElement;
import java.util.List;
import java.util.Optional;

/** Finds fields in JSON from another program; a field that is missing or has another type counts as absent. */
final class JsonFields {
    private JsonFields() {}

    /** Returns the first field with that name, at the top level or deeper. */
    static Optional<JsonElement> find(JsonElement json, String name) {
        if (json.isJsonObject()) {
            JsonElement direct = json.getAsJsonObject().get(name);
            if (direct != null && !direct.isJsonNull()) {
                return Optional.of(direct);
            }
            return json.getAsJsonObject().asMap().values().stream()
                    .flatMap(value -> find(value, name).stream())
                    .findFirst();
        }
        if (json.isJsonArray()) {
            return json.getAsJsonArray().asList().stream()
                    .flatMap(value -> find(value, name).stream())
                    .findFirst();
        }
        return Optional.empty();
    }

    static Optional<Long> number(JsonElement json, String name) {
        return find(json, name)
                .filter(value ->
                        value.isJsonPrimitive() && value.getAsJsonPrimitive().isNumber())
                .map(JsonElement::getAsLong);
    }

    static Optional<String> text(JsonElement json, String name) {
        return find(json, name).filter(JsonElement::isJsonPrimitive).map(JsonElement::getAsString);
    }

    static List<JsonElement> array(JsonElement json, String name) {
        return find(json, name)
                .filter(JsonElement::isJsonArray)
                .map(value -> value.getAsJsonArray().asList())
                .orElse(List.of());
    }
}
