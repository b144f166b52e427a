"""The sentences of the estimation engine in the reader's language.

An estimate is stored with its sentences finished, in English. They are found again by the templates below,
which are also what translators see; a test compares them with the engine.
"""

import re
from functools import cache

from django.utils.translation import gettext, gettext_noop

TEMPLATES = (
    gettext_noop(
        "Two lists at a time the answers run from {low} ({low_lists}) to {high} ({high_lists}), "
        "more than chance allows: some lists find the same people, others avoid each other's."
    ),
    gettext_noop(
        "Two lists at a time the answers run from {low} ({low_lists}) to {high} ({high_lists}), no "
        "more than chance allows."
    ),
    gettext_noop(
        "Chapman's estimate is below Lincoln-Petersen's because it corrects for small overlap; two "
        "lists cannot show whether they depend on each other."
    ),
    gettext_noop(
        "The log-linear model ({model}) is below Chao's lower bound ({bound}): the model assumes "
        "that people are alike, the bound does not. Trust neither before people are split into "
        "groups."
    ),
    gettext_noop(
        "{n} log-linear models fit about equally well and say from {low} to {high}: that choice, "
        "not chance, is the larger doubt."
    ),
    gettext_noop(
        "If people differ in how easily they are found, there are about {classes}; if instead the "
        "lists depend on each other, about {graphs}. Both explain the overlaps; the table cannot "
        "tell which."
    ),
    gettext_noop(
        "With the graph in which every list depends on every other, the graphs say {value}, not "
        "{without}: nothing in the table speaks for or against it, so that number is made of its "
        "prior."
    ),
    gettext_noop(
        "With so few lists the number rests on how all of them depend on each other, which nobody "
        "can see: by a plausible range of that alone it runs from {low} to {high}."
    ),
    gettext_noop(
        "{empty} of {pairs} pairs of lists share nobody. Methods read that differently, as a rule "
        "or as chance, and answer differently for it."
    ),
    gettext_noop(
        "The {n} answers that may be published agree within their intervals; together these run "
        "from {low} to {high}."
    ),
    gettext_noop("None of these numbers may be published; give the {n} documented."),
    gettext_noop(
        "The log-linear model ({model}) is far above Chao's lower bound ({bound}), as it should be "
        "if lists share people by more than chance; the difference rests on the model."
    ),
    gettext_noop(
        "The log-linear model ({model}) and Chao's lower bound ({bound}) agree within the interval."
    ),
    gettext_noop(
        "People who complain are likelier to become known, so the register probably has too many of"
        " them: the true share is then lower."
    ),
    gettext_noop(
        "Where complaining is dangerous, the register may know just those who kept away from the "
        "police: the true share is then higher."
    ),
    gettext_noop(
        "The register must not be built from the complaints; such entries have to be taken out first."
    ),
    gettext_noop("A person counts once, however many complaints there are; every match must be right."),
    gettext_noop("Nobody is in these numbers whom neither complaints nor a register could ever reach."),
    gettext_noop(
        "Of {register} people on the register {both} complained: {share} ({low} to {high}, as far "
        "as chance goes)."
    ),
    gettext_noop(
        "Of everybody, on the register or not, it would be {low} to {high} if complaining made "
        "being on the register between {least} and {most} times as likely (in odds); with chance, "
        "{least_share} to {most_share}."
    ),
    gettext_noop("Nobody on the register complained, so nothing follows for people not on it."),
    gettext_noop(
        "A good fit does not show that the number of people on no list is right; other models fit "
        "as well and give other numbers."
    ),
    gettext_noop("The model fits the combinations of lists worse than chance allows."),
    gettext_noop(
        "The model makes too many people stand on both {first} and {second}: {expected}, not {observed}."
    ),
    gettext_noop("The model makes too many people stand on list {name}: {expected}, not {observed}."),
    gettext_noop("The model makes too many people whose lists number {k}: {expected}, not {observed}."),
    gettext_noop(
        "The model makes too few people stand on both {first} and {second}: {expected}, not {observed}."
    ),
    gettext_noop("The model makes too few people stand on list {name}: {expected}, not {observed}."),
    gettext_noop("The model makes too few people whose lists number {k}: {expected}, not {observed}."),
    gettext_noop("The model is furthest off for those who are on exactly these lists: {names}."),
    gettext_noop("The model is furthest off for those who are on a rare combination of lists."),
    gettext_noop("Every overlap of the lists is as the model makes it."),
    gettext_noop(
        "The ways in which lists depend on each other, seen among the people on them, hold for the unseen."
    ),
    gettext_noop(
        "All lists together do not depend on each other in a way that no smaller group of them shows."
    ),
    gettext_noop("Everybody had some chance of being on each list."),
    gettext_noop("Nobody joined or left the group while the lists were made, and every match is right."),
    gettext_noop(
        "The likeliest ways for the lists to depend on each other contradict one another, from "
        "{low} to {high}; the answer is a mixture of them."
    ),
    gettext_noop(
        "With three lists or fewer no data can show how all of them depend on each other; give the "
        "lower bound (method chao) first."
    ),
    gettext_noop("Even the best model fits the counts poorly; look for mismatched people or mixed groups."),
    gettext_noop("The lists hardly bound the number from above; numbers without end stay possible."),
    gettext_noop("The data do not bound the number from above."),
    gettext_noop("The model that fits best has no finite estimate; too many overlaps are empty."),
    gettext_noop("The model has a parameter for every count, so nothing in the table can check it."),
    gettext_noop(
        "The model does not describe even those who are on the lists, so it says nothing of the others."
    ),
    gettext_noop(
        "Every list depends on every other, in a way that says nothing of the people on no list; "
        "the answer rests on models that fit worse."
    ),
    gettext_noop("The lists differ so much in size that the bound may lie above the true number."),
    gettext_noop("The number rests on an assumed curve; others say from {low} to {high}."),
    gettext_noop("Models that fit about as well say from {low} to {high}, far beyond the interval."),
    gettext_noop(
        "Which model fits best is mostly chance; counting that, nothing bounds the number from above."
    ),
    gettext_noop("The interval runs from {low} to {high}; that is no finding."),
    gettext_noop(
        "Which model fits best is mostly chance; counting that, the interval runs from {low} to {high}."
    ),
    gettext_noop(
        "Lists {first} and {second} avoid each other's people more than chance allows; a lower "
        "bound may then lie above the true number."
    ),
    gettext_noop(
        "Another method ({method}) says from {low} to {high}: the two exclude each other, and "
        "nothing in the table says which is right."
    ),
    gettext_noop(
        "The answer lies below Chao's lower bound (at least {low}): the model takes people to be "
        "more alike than the lists show them to be."
    ),
    gettext_noop(
        "The chains that draw the answer do not agree with each other (R-hat {rhat}, at most "
        "{most}); run them longer."
    ),
    gettext_noop(
        "The draws are worth only {n} independent ones; at least {least} are needed; run them longer."
    ),
    gettext_noop("A second way of drawing from the same model gives another answer."),
    gettext_noop(
        "The answer is cut off by the largest number that was allowed ({maximum}); the data allow more."
    ),
    gettext_noop("There are fewer than two lists; nothing overlaps."),
    gettext_noop("Only {n} persons are on the lists; at least {least} are needed."),
    gettext_noop("There are more than two lists; a method for two ignores what the others show."),
    gettext_noop("List {copy} was built from list {origin}; their overlap is copying, not chance."),
    gettext_noop(
        "List {name} cannot contain some people ({who}); that they are missing from it says "
        "nothing. Leave the list out, or estimate the others alone."
    ),
    gettext_noop("The lists fall into groups that share nobody with each other."),
    gettext_noop("Only {n} persons are on more than one list; at least {least} are needed."),
    gettext_noop(
        "With three lists or fewer nothing can show how they depend on each other; only a lower "
        'bound may be published, as "at least".'
    ),
    gettext_noop("List {name} shares nobody with any other list."),
    gettext_noop("At least {low} people; the lists together name {observed}."),
    gettext_noop(
        "The lists name {observed} people; how many more there are cannot be said from them. {reason}"
    ),
    gettext_noop(
        "Between {low} and {high} people, by the best estimate about {estimate}; the lists together"
        " name {observed}."
    ),
    gettext_noop("The lists name {observed} people; they do not show that there are more."),
    gettext_noop("The lists name {observed} people; how many more there are cannot be said from them."),
    gettext_noop(
        "However lists depend on each other, they do so alike among people on a further list and "
        "among people not on it; nothing in the table can check this."
    ),
    gettext_noop("Everybody could have been on each of the lists."),
    gettext_noop(
        "If the interaction that nobody can see were twice or half what is assumed, the number "
        "would be {low} or {high}."
    ),
    gettext_noop("{n} combinations of lists are empty; the answer rests on a prior for them."),
    gettext_noop(
        "People fall into classes; within a class, being on one list says nothing about being on another."
    ),
    gettext_noop("The classes seen on the lists are those of the unseen; nobody had no chance at all."),
    gettext_noop(
        "Three lists cannot show how people differ; take this as a LOWER BOUND, with the range that"
        " other assumptions give."
    ),
    gettext_noop(
        "The chains have not come to agree; their number is not an answer. Run longer, or by tempering."
    ),
    gettext_noop("Nearly all of the {n} classes allowed are in use; allow more."),
    gettext_noop("The maximum of {maximum} that was set holds the answer down."),
    gettext_noop("Models that fit almost as well say from {low} to {high}, beyond the interval."),
    gettext_noop("Some lists of the model share nobody; that was taken as a rule, not as chance."),
    gettext_noop("Lists do not depend on each other, except that some people are easier to see than others."),
    gettext_noop(
        "How people differ follows a curve that is assumed, not seen; other curves give other numbers."
    ),
    gettext_noop("Other assumed curves say from {low} to {high}."),
    gettext_noop("The model fits the counts poorly; lists seem to depend on each other."),
    gettext_noop(
        "This is a LOWER BOUND: people differ in how easily they are seen, and the true number is higher."
    ),
    gettext_noop("The lists reach about the same number of people and do not copy from each other."),
    gettext_noop("Lists that avoid each other's people would make even this bound too high."),
    gettext_noop(
        "The lists differ in size so much that this lower bound may count the unseen {times} times."
    ),
    gettext_noop("Nobody joined or left the group while the lists were made."),
    gettext_noop("The probabilities of the links are right, and linkage missed no match altogether."),
    gettext_noop("In {n} of {all} draws of who is who the number may not be published."),
    gettext_noop(
        "Who is who is in doubt: the lists may name {low} to {high} different people; the interval "
        "includes that."
    ),
    gettext_noop("Only {n} draws of who is who were used; at least {least} are needed to show that doubt."),
    gettext_noop(
        "Too thin to estimate: {lists} lists share people and {n} persons are on more than one; at "
        "least {least_lists} and {least} are needed."
    ),
    gettext_noop("Nobody is in this stratum in every version of the table."),
    gettext_noop("The file is not UTF-8; its names were read as Windows-1251."),
    gettext_noop("Persons left out because they are on none of the chosen lists: {n}."),
    gettext_noop(
        "Only {m} versions of the table were combined; with fewer than {enough} the width of the "
        "interval is itself uncertain."
    ),
    gettext_noop("With two lists their dependence cannot be measured; they are taken as independent."),
    gettext_noop(
        "The lists overlap too little to correct fully for their dependence; where they find the "
        "same people, the true number is higher."
    ),
    gettext_noop(
        "Lists may depend on each other in pairs; anything that three share beyond that is left out."
    ),
    gettext_noop(
        "As records came in, the number went from {first} ({first_day}) to {last} ({last_day}); it "
        "has not settled."
    ),
    gettext_noop(
        "As records came in, the number went from {first} ({first_day}) to {last} ({last_day}); the"
        " last records changed it by less than a tenth."
    ),
    gettext_noop("Fewer than two other lists know any of its people."),
    gettext_noop("No list can be found again from the others; the method cannot be tried out."),
    gettext_noop(
        "Each list in turn taken as if it were everybody: the lower bound from the other lists was "
        "right {covered} times of {all}, and on average {times} times the truth."
    ),
    gettext_noop(
        "Each list in turn taken as if it were everybody: the interval from the other lists held "
        "the truth {covered} times of {all}, and the answer was on average {times} times the truth."
    ),
    gettext_noop("What falls short where the truth is known, falls short of the unknown too."),
    gettext_noop(
        "From two lists at a time, with odds ratios between {least} and {most}, the number would "
        "lie between {low} and {high}, depending on which two."
    ),
    gettext_noop(
        "If the odds of being on list {first} were between {least} and {most} times as high for "
        "people on list {second} as for others, the number would lie between {low} and {high}."
    ),
    gettext_noop(
        "{first} and {second} depend on each other more than {most} times: other lists know more "
        "people than that allows."
    ),
    gettext_noop("Leaving out one list at a time, the number runs from {low} to {high}."),
    gettext_noop("List {name} moves it most: without it the number would be {value} instead of {full}."),
    gettext_noop("Without any one of its lists this method has no answer."),
    gettext_noop("There is no answer at all without one of these lists: {names}."),
    gettext_noop("With {names} taken as one list the number would be {value} instead of {full}."),
    gettext_noop("With {names} taken as one list there is no answer."),
    gettext_noop("Lists {names} were built from each other; take them as one list."),
    gettext_noop(
        "Among people on other lists, {first} and {second} share more than chance would give (odds "
        "ratio {ratio}); see what the number would be with them as one list."
    ),
    gettext_noop("prior count {count} for each combination of lists"),
    gettext_noop(
        "Other priors would give {low} to {high} (intervals from {least} to {most}) instead of "
        "{full} ({full_low} to {full_high})."
    ),
    gettext_noop("{n} classes at most"),
    gettext_noop("more classes likely beforehand (concentration Gamma(1, 1))"),
    gettext_noop("chances to be on a list near none or all beforehand (Beta(1/2, 1/2))"),
    gettext_noop("small chances to be on a list likely beforehand (Beta(1, 2))"),
    gettext_noop("Lists depend on each other two at a time; three together add nothing."),
    gettext_noop("Two lists that share surprisingly few people avoid each other's; others share by chance."),
    gettext_noop("{n} of {all} resampled tables have no finite estimate: the overlaps are too thin."),
    gettext_noop(
        "Without strata the answer would be {together} ({low} to {high}); with them it is {total}: "
        "people of different strata are found differently, so trust the strata."
    ),
    gettext_noop(
        "Without strata the answer would be {together} ({low} to {high}); with them it is {total}, "
        "no more different than chance allows."
    ),
    gettext_noop("The stratum {name} puts together {parts}; people in it may differ in how they are found."),
    gettext_noop(
        "For {n} persons the stratum is not known; they are taken as a stratum of their own; "
        "imputation (--impute) spreads them over the others."
    ),
    gettext_noop(
        "Lists {first} and {second} can share nobody, and this method expects that they do; merge "
        "the two into one list."
    ),
    gettext_noop(
        "List {name} cannot contain {whom}; estimate these people apart without it, or leave it out."
    ),
    gettext_noop("Nothing in the design of the lists forbids this."),
    gettext_noop("The overlaps that cannot be are left out of the fit."),
    gettext_noop("People whom a list never names can be one of the classes of this model."),
    gettext_noop(
        "The interval of the total is drawn from the strata's intervals as if they were "
        "independent; it is not the sum of their ends."
    ),
    gettext_noop("Strata that may not be published: {names}."),
    gettext_noop(
        "In {names} nothing could be estimated; the {n} persons documented there are counted, and "
        'the total is "at least".'
    ),
    gettext_noop(
        "Tried on lists whose size is known, the method found too few people; take the lower end as"
        " a floor, and nothing else."
    ),
    gettext_noop(
        "The lists share too few people to try the method on a number that is known; take the lower"
        " end as a floor, and nothing else."
    ),
    gettext_noop(
        "The two lists were made independently: being on one says nothing about being on the other."
    ),
    gettext_noop("On at least one of the lists everybody was equally likely to be named."),
    gettext_noop("If people known to one list are likelier to be on the other, the true number is higher."),
    gettext_noop(
        "Lists did not answer for everybody ({lists}); what they would have said was allowed for. "
        "Read as no, the answer would be {other} ({low} to {high}) instead of {answer}."
    ),
    gettext_noop(
        "Lists did not answer for everybody ({lists}); what they would have said was allowed for. "
        "Read as no, there would be no answer instead of {answer}."
    ),
)


def translated(text: str) -> str:
    """Say a finished sentence of the engine in the reader's language; others stay as they are.

    A sentence may hold another one, as a headline holds the reason of a refusal.
    """
    for template, pattern in _patterns():
        found = pattern.fullmatch(text)
        if found is not None:
            values = {name: _inner(value) for name, value in found.groupdict().items()}
            return gettext(template).format(**values)
    return gettext(text) if text else ""


def _inner(value: str) -> str:
    return translated(value) if value.endswith(".") else value


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((template, re.compile(_pattern(template), re.DOTALL)) for template in TEMPLATES)


def _pattern(template: str) -> str:
    """Turn ``Only {n} persons`` into a pattern with a group ``n``."""
    parts = re.split(r"\{(\w+)\}", template)
    return "".join(f"(?P<{part}>.+?)" if place % 2 else re.escape(part) for place, part in enumerate(parts))
