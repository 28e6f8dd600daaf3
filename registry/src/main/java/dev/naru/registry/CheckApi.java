package dev.naru.registry;

/** Asks whether the API is there, and what credentials it wants (end-1). */
record CheckApi() implements Verb<Boolean> {
    @Override
    public String method() {
        return "GET";
    }

    @Override
    public String path() {
        return "/";
    }

    @Override
    public String description() {
        return "check the registry's API";
    }

    @Override
    public String scope() {
        return "";
    }

    @Override
    public Boolean answer(Answer answer) {
        return true;
    }
}
