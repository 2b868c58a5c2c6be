// Which questions SurveyJS shows for each set of answers: jobs of {survey, answers} in, a list of names for each set out.
const { Model } = require("survey-core");
const jobs = JSON.parse(require("fs").readFileSync(0, "utf8"));
const out = jobs.map((job) => {
  const survey = new Model(job.survey);
  return job.answers.map((answers) => {
    survey.data = answers;
    return survey.getAllQuestions(true).map((question) => question.name).sort();
  });
});
process.stdout.write(JSON.stringify(out));
