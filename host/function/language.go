package function

// languageGo is the one language that no component has: its functions are built
// where they are made, and are of language provided from then on.
const languageGo = "go"

// Spoken is the language in which a component runs functions of a runtime's
// language.
func Spoken(language string) string {
	if language == languageGo {
		return "provided"
	}
	return language
}
